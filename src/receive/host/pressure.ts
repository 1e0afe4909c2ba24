import { readOptional, single } from './family.ts'
import type { Collector, HostFamily } from './family.ts'

/** What the lines of /proc/pressure/<resource> are called. CPU has no `full` line for the whole system, IRQ no `some`. */
const NAMES: readonly (readonly [resource: string, line: 'some' | 'full', name: string])[] = [
  ['cpu', 'some', 'cpu_waiting'],
  ['io', 'some', 'io_waiting'],
  ['io', 'full', 'io_stalled'],
  ['memory', 'some', 'memory_waiting'],
  ['memory', 'full', 'memory_stalled'],
  ['irq', 'full', 'irq_stalled'],
]

/** node_pressure_*_seconds_total. Follows collector/pressure_linux.go, node_exporter. Empty where the kernel has no PSI. */
export const pressure: Collector = async ({ proc }) => {
  const found: HostFamily[] = []
  for (const [resource, line, name] of NAMES) {
    const text = await readOptional(proc, 'pressure', resource)
    const total = new RegExp(`^${line} .*total=(\\d+)`, 'm').exec(text ?? '')?.[1]
    if (total === undefined) continue
    const help = `Seconds that ${line === 'some' ? 'some task waited for' : 'all tasks were stalled on'} ${resource}.`
    // Two divisions, like the original: one by 1e6 rounds differently.
    found.push(single(`node_pressure_${name}_seconds_total`, 'counter', help, Number(total) / 1000 / 1000))
  }
  return found
}
