import { readLines } from './family.ts'
import type { Collector, HostFamily } from './family.ts'

/** Not told: RAM disks, loops, floppies, and partitions of disks (their disk is told). As node_exporter's default. */
const EXCLUDED = /^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/
const SECTOR = 512
const MS = 1 / 1000

/** The fields of a line of /proc/diskstats behind the device's name, in order. Source: Documentation/admin-guide/iostats.rst. */
const FIELDS: readonly (readonly [name: string, help: string, factor: number, type?: 'gauge'])[] = [
  ['reads_completed_total', 'Reads completed.', 1],
  ['reads_merged_total', 'Reads merged.', 1],
  ['read_bytes_total', 'Bytes read.', SECTOR],
  ['read_time_seconds_total', 'Seconds spent by all reads.', MS],
  ['writes_completed_total', 'Writes completed.', 1],
  ['writes_merged_total', 'Writes merged.', 1],
  ['written_bytes_total', 'Bytes written.', SECTOR],
  ['write_time_seconds_total', 'Seconds spent by all writes.', MS],
  ['io_now', 'I/Os in progress.', 1, 'gauge'],
  ['io_time_seconds_total', 'Seconds spent doing I/Os.', MS],
  ['io_time_weighted_seconds_total', 'Seconds spent doing I/Os, weighted by their number.', MS],
  ['discards_completed_total', 'Discards completed.', 1],
  ['discards_merged_total', 'Discards merged.', 1],
  ['discarded_sectors_total', 'Sectors discarded.', 1],
  ['discard_time_seconds_total', 'Seconds spent by all discards.', MS],
  ['flush_requests_total', 'Flush requests completed.', 1],
  ['flush_requests_time_seconds_total', 'Seconds spent by all flush requests.', MS],
]

/** node_disk_*. Follows collector/diskstats_linux.go, node_exporter. */
export const disk: Collector = async ({ proc }) => {
  const rows = (await readLines(proc, 'diskstats'))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , device = '']) => device !== '' && !EXCLUDED.test(device))
  const families = FIELDS.map(([name, help, factor, type = 'counter' as const], i): HostFamily => {
    const samples = rows
      .filter((row) => row.length > i + 3)
      .map((row) => ({ labels: { device: row[2] ?? '' }, value: Number(row[i + 3]) * factor }))
    return { name: `node_disk_${name}`, type, help, samples }
  })
  return families.filter(({ samples }) => samples.length > 0)
}
