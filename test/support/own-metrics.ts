/** Bongsu's own metrics, as `/metrics` tells them. */
export async function ownMetrics(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

/** One of them, `name{label="value"}` as it is written there; 0 when it is absent, as a counter that never counted is. */
export async function ownMetric(url: string, series: string): Promise<number> {
  return (await ownMetrics(url)).get(series) ?? 0
}
