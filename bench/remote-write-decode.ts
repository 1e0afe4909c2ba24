/** ns a sample for decoding remote write bodies. Run: `node scripts/wasm.mjs && tsx bench/remote-write-decode.ts`. */
import { RemoteWriteDecoder } from '../src/codec/remote-write/decoder.ts'
import { openKernel } from '../src/codec/remote-write/kernel.ts'
import type { SeriesWalker } from '../src/codec/remote-write/walk.ts'
import { DEFAULT_TENANT } from '../src/model/tenant.ts'
import { MemorySeriesTable } from '../test/support/memory-metrics.ts'
import { JsWalker } from '../test/support/remote-write-js-walker.ts'
import { body, podSeries } from './support/remote-write-layout.ts'
import type { BodyOptions, Labels } from './support/remote-write-layout.ts'

const fleet = Array.from({ length: 50 }, (_, pod) => podSeries(pod)).flat()
const START = 1_700_000_000_000

function bodies(seriesPerRequest: number, options: Omit<BodyOptions, 'start' | 'stepMs'>, scrapes: number): Buffer[] {
  const out: Buffer[] = []
  for (let scrape = 0; scrape < scrapes; scrape++) {
    for (let at = 0; at < fleet.length; at += seriesPerRequest) {
      const some: Labels[] = fleet.slice(at, at + seriesPerRequest)
      const start = START + scrape * options.samplesPerSeries * 15_000
      out.push(body(some, { ...options, start, stepMs: 15_000 }))
    }
  }
  return out
}

function measure(name: string, walker: SeriesWalker, version: 1 | 2, requests: readonly Buffer[]): void {
  const decoder = new RemoteWriteDecoder({ maxRawBytes: 32 << 20 }, { walker })
  const table = new MemorySeriesTable()
  let samples = 0
  let best = Infinity
  for (let round = 0; round < 12; round++) {
    samples = 0
    const before = process.hrtime.bigint()
    for (const request of requests)
      samples += decoder.decode([request], version, DEFAULT_TENANT, table).batch.samples.refs.length
    best = Math.min(best, Number(process.hrtime.bigint() - before))
  }
  const bytes = requests.reduce((sum, request) => sum + request.length, 0)
  const perSample = (best / samples).toFixed(0).padStart(6)
  console.log(
    `${name.padEnd(28)} ${perSample} ns/sample  ${(bytes / samples).toFixed(0)} compressed B/sample  ${table.resolved} resolved`,
  )
}

const LAYOUTS: [name: string, version: 1 | 2, perRequest: number, options: Omit<BodyOptions, 'start' | 'stepMs'>][] = [
  ['v1 d1', 1, 2000, { version: 1, samplesPerSeries: 1 }],
  ['v1 d10', 1, 500, { version: 1, samplesPerSeries: 10 }],
  ['v2 d1', 2, 2000, { version: 2, samplesPerSeries: 1 }],
  ['v2 d1 + metadata', 2, 2000, { version: 2, samplesPerSeries: 1, metadata: true }],
  ['v2 d10', 2, 500, { version: 2, samplesPerSeries: 10 }],
]
for (const [name, version, perRequest, options] of LAYOUTS) {
  const requests = bodies(perRequest, options, 4)
  measure(`${name}, js`, new JsWalker(), version, requests)
  measure(`${name}, wasm`, openKernel({ maxCacheBytes: 128 << 20, seed: 7 }), version, requests)
}
