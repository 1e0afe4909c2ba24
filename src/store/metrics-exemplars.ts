import type { TimeRange, UnixMs } from '../core/time.ts'
import { unixMs } from '../core/time.ts'
import { compareLabelSets } from '../model/labels.ts'
import type { LabelSet } from '../model/labels.ts'
import type { Selector } from '../model/matcher.ts'
import type { QueryContext } from '../signals/ingest.ts'
import type { ExemplarSeries } from '../signals/metrics.ts'
import type { Exemplar } from './head/exemplars.ts'
import type { Head } from './head/head.ts'
import type { SeriesId } from './head/identity.ts'
import { compileMatcher } from './head/matching.ts'
import { exemplarsQuery } from './metrics-sql.ts'
import type { SeriesScope } from './metrics-sql.ts'
import { idAt, idWords, labelSets, timesOf } from './stored-rows.ts'
import type { StoredRows } from './stored-series.ts'

/** Exemplars are looked at one by one, by people: more than this serve nobody. */
const MAX_STORED = 10_000

/** From memory and from the tables, each once, in order of series and time. */
export async function findExemplars(
  selectors: readonly Selector[],
  range: TimeRange<UnixMs>,
  ctx: QueryContext,
  deps: { readonly head: Head; readonly rows: StoredRows },
): Promise<readonly ExemplarSeries[]> {
  ctx.signal.throwIfAborted()
  const found = new Map<string, { labels: LabelSet; exemplars: Map<string, Exemplar> }>()
  const add = (series: LabelSet, exemplar: Exemplar): void => {
    const key = series.key()
    const entry = found.get(key) ?? { labels: series, exemplars: new Map<string, Exemplar>() }
    found.set(key, entry)
    entry.exemplars.set(`${exemplar.timestamp} ${exemplar.value} ${exemplar.labels.key()}`, exemplar)
  }
  for (const selector of selectors) {
    const tests = selector.map(compileMatcher)
    for (const { series, exemplar } of deps.head.exemplars.of(ctx.tenant)) {
      const inRange = exemplar.timestamp >= range.start && exemplar.timestamp < range.end
      if (inRange && tests.every(({ name, test }) => test(series.get(name) ?? ''))) add(series, exemplar)
    }
    await addStored({ tenant: ctx.tenant, selector, range }, deps, add)
  }
  return [...found.values()]
    .sort((a, b) => compareLabelSets(a.labels, b.labels))
    .map(({ labels, exemplars }) => ({
      labels,
      exemplars: [...exemplars.values()].sort((a, b) => a.timestamp - b.timestamp),
    }))
}

async function addStored(
  scope: SeriesScope,
  { head, rows }: { readonly head: Head; readonly rows: StoredRows },
  add: (series: LabelSet, exemplar: Exemplar) => void,
): Promise<void> {
  const tenant = head.find(scope.tenant)
  const stored: { id: SeriesId; exemplar: Exemplar }[] = []
  for await (const block of rows.read(exemplarsQuery(scope, MAX_STORED))) {
    const words = idWords(block)
    const times = timesOf(block)
    const values = block.columns['val'] as Float64Array
    for (const [row, labels] of labelSets(block).entries()) {
      const exemplar = { labels, value: values[row] as number, timestamp: unixMs(times[row] as number) }
      stored.push({ id: idAt(words, row), exemplar })
    }
  }
  if (stored.length === 0) return
  const list = await rows.series(scope, 0, () => undefined)
  const unknown: number[] = []
  for (const { id } of stored) {
    const place = list.placeOf(id.lo, id.hi)
    if (place !== undefined && tenant?.registry.findById(id) === undefined) unknown.push(place)
  }
  await rows.addLabels(scope, list, [...new Set(unknown)])
  for (const { id, exemplar } of stored) {
    const ref = tenant?.registry.findById(id)
    const labels = ref === undefined ? list.labels.get(list.placeOf(id.lo, id.hi) ?? -1) : tenant?.labelsOf(ref)
    if (labels !== undefined) add(labels, exemplar)
  }
}
