/** Whether two answers of the query API say the same: the same series, times, and values up to rounding. */

const MOST_RELATIVE = 1e-12

type Pair = readonly [time: number, value: string]
interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: Pair
  readonly values?: readonly Pair[]
}
interface Answer {
  readonly data: { readonly resultType: string; readonly result: readonly Series[] | Pair }
}

/** The first deviation, in words; undefined when there is none. */
export function deviation(ours: Buffer, theirs: Buffer): string | undefined {
  const [a, b] = [parsed(ours), parsed(theirs)]
  if (a.data.resultType !== b.data.resultType) return `${a.data.resultType} in place of ${b.data.resultType}`
  const [mine, other] = [byLabels(a), byLabels(b)]
  if (mine.size !== other.size) return `${mine.size} series in place of ${other.size}`
  for (const [labels, points] of other) {
    const own = mine.get(labels)
    if (own === undefined) return `no series ${labels}`
    const found = pointDeviation(own, points)
    if (found !== undefined) return `${labels}: ${found}`
  }
  return undefined
}

function parsed(body: Buffer): Answer {
  return JSON.parse(body.toString()) as Answer
}

function byLabels({ data }: Answer): Map<string, readonly Pair[]> {
  const found = new Map<string, readonly Pair[]>()
  for (const one of data.result) {
    if (typeof one !== 'object' || !('metric' in one)) return new Map([['', [data.result as Pair]]])
    const labels = Object.entries(one.metric).sort(([a], [b]) => (a < b ? -1 : 1))
    found.set(JSON.stringify(labels), one.values ?? (one.value === undefined ? [] : [one.value]))
  }
  return found
}

function pointDeviation(ours: readonly Pair[], theirs: readonly Pair[]): string | undefined {
  if (ours.length !== theirs.length) return `${ours.length} points in place of ${theirs.length}`
  for (const [i, [time, value]] of theirs.entries()) {
    const [ownTime, own] = ours[i] as Pair
    if (ownTime !== time) return `a point at ${ownTime} in place of ${time}`
    if (!isClose(own, value)) return `${own} in place of ${value} at ${time}`
  }
  return undefined
}

function isClose(a: string, b: string): boolean {
  if (a === b) return true
  const [x, y] = [Number(a), Number(b)]
  return Math.abs(x - y) <= MOST_RELATIVE * Math.max(Math.abs(x), Math.abs(y))
}
