/** Remote write: accepted samples a second, and what they cost, with everything written and merged that the load left behind. */
import { cpuSeconds, diskBytes, residentBytes } from '../support/process-figures.ts'
import { load, prepare } from '../support/remote-write-load.ts'
import { settle } from '../support/settle.ts'
import { startTarget } from '../support/targets.ts'
import type { Target } from '../support/targets.ts'

export interface IngestFigures {
  readonly samplesPerSecond: number
  /** Until the last answer. */
  readonly perCpuSecond: number
  /** Until all is written and merged. */
  readonly perCpuSecondSettled: number
  readonly bytesPerSample: number
  readonly residentMiB: number
  readonly failed: number
  readonly firstFailure?: string
}

export interface IngestRun {
  readonly layout: 'd1' | 'd10'
  readonly senders: number
  readonly pods: number
  readonly scrapes: number
}

export async function ingest(name: Target['name'], run: IngestRun): Promise<IngestFigures | undefined> {
  const target = await startTarget(name)
  if (target === undefined) return undefined
  try {
    const options = { ...run, version: 1 as const, end: Date.now(), url: target.writeUrl, pid: target.pid }
    const bodies = prepare(options)
    const before = cpuSeconds(target.pid)
    const result = await load({ ...options, concurrency: run.senders }, bodies)
    await settle(target)
    const settled = cpuSeconds(target.pid) - before
    return {
      samplesPerSecond: result.samplesPerSecond,
      perCpuSecond: result.samplesPerCpuSecond ?? NaN,
      perCpuSecondSettled: Math.round(result.samples / settled),
      bytesPerSample: diskBytes(target.dataDir) / result.samples,
      residentMiB: Math.round(residentBytes(target.pid) / 2 ** 20),
      failed: result.failed,
      ...(result.firstFailure === undefined ? {} : { firstFailure: result.firstFailure }),
    }
  } finally {
    await target.stop()
  }
}

if (process.argv[1] === import.meta.filename) {
  const [name = 'bongsu', layout = 'd1', senders = '2', scrapes = '240'] = process.argv.slice(2)
  const run = { layout: layout as 'd1', senders: Number(senders), pods: 50, scrapes: Number(scrapes) }
  console.log(name, layout, senders, JSON.stringify(await ingest(name as Target['name'], run)))
}
