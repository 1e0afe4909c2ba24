/**
 * A process for log-full.test.ts, run under a limit of the size of its files: writes into a log of one big segment, which the
 * system refuses to let grow. Tells on stdout what was acknowledged, how often it was refused, and what the head has.
 */
import { systemClock } from '../../src/core/clock.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import { BongsuError } from '../../src/core/errors.ts'
import { headSection } from '../../src/store/head/config.ts'
import { Head } from '../../src/store/head/head.ts'
import { limitsSection } from '../../src/store/head/limits.ts'
import type { MetricsPart } from '../../src/store/metrics-part.ts'
import { listSegments } from '../../src/store/wal/segment.ts'
import { Wal } from '../../src/store/wal/wal.ts'
import { MetricsWriter } from '../../src/write/metrics-writer.ts'
import { WriteMetrics } from '../../src/write/write-metrics.ts'
import { write } from './metrics-store.ts'
import type { Row } from './metrics-store.ts'

process.on('SIGXFSZ', () => undefined) // a write beyond the limit then fails with EFBIG instead of ending the process

const folder = process.argv[2] ?? ''
const clock = systemClock
const head = new Head({ head: headSection.schema.parse({}), limits: limitsSection.schema.parse({}) }, { clock })
const wal = new Wal<MetricsPart>(
  { folder, segmentBytes: 1e9 },
  { clock, onSealed: () => undefined, onRefused: (parts) => writer.undo(parts), onSynced: () => undefined },
)
const metrics = new WriteMetrics(new Telemetry())
const writer: MetricsWriter = new MetricsWriter(
  { maxPendingBytes: 1e9 },
  { head, wal, clock, flushingBytes: () => 0, metrics },
)
await listSegments(folder)
wal.open(1)

const acknowledged: string[] = []
const codes: string[] = []
const start = Date.now() - 1_000_000

/** Batch n, again and again until it is taken, as a sender would. */
async function send(n: number): Promise<void> {
  const rows = Array.from({ length: 50 }, (_, i): Row => [
    { __name__: 'm', n: String(n % 10), i: String(i) },
    start + n,
    n,
  ])
  for (;;) {
    try {
      const result = await write(writer, rows)
      if (result.rejected > 0) throw new Error(JSON.stringify(result))
      for (const [{ i = '' }, t] of rows) acknowledged.push(`${n % 10} ${i} ${t}`)
      return
    } catch (error) {
      if (!(error instanceof BongsuError) || !error.retry) throw error
      codes.push(error.code)
    }
  }
}
for (let n = 0; n < 400; n += 4) await Promise.all([send(n), send(n + 1), send(n + 2), send(n + 3)])
process.stdout.write(JSON.stringify({ acknowledged, codes, held: head.sampleCount }))
