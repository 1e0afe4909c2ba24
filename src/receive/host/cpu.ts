import { readLines } from './family.ts'
import type { Collector, HostFamily, HostSample } from './family.ts'

const USER_HZ = 100
const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const

/** node_cpu_seconds_total and what else /proc/stat tells. Follows collector/cpu_linux.go and stat_linux.go, node_exporter. */
export const cpu: Collector = async ({ proc }) => {
  const lines = await readLines(proc, 'stat')
  const seconds: HostSample[] = []
  const guest: HostSample[] = []
  for (const line of lines) {
    const [key = '', ...ticks] = line.split(/\s+/)
    const number = /^cpu(\d+)$/.exec(key)?.[1]
    if (number === undefined) continue
    const at = (i: number): number => Number(ticks[i] ?? 0) / USER_HZ
    for (const [i, mode] of MODES.entries()) seconds.push({ labels: { cpu: number, mode }, value: at(i) })
    guest.push(
      { labels: { cpu: number, mode: 'user' }, value: at(8) },
      { labels: { cpu: number, mode: 'nice' }, value: at(9) },
    )
  }
  return [
    {
      name: 'node_cpu_seconds_total',
      type: 'counter',
      help: 'Seconds that each CPU spent in each mode.',
      samples: seconds,
    },
    {
      name: 'node_cpu_guest_seconds_total',
      type: 'counter',
      help: 'Seconds that each CPU spent in guests of virtual machines.',
      samples: guest,
    },
  ]
}

const TOTALS: Readonly<Record<string, Omit<HostFamily, 'samples'>>> = {
  intr: { name: 'node_intr_total', type: 'counter', help: 'Interrupts serviced.' },
  ctxt: { name: 'node_context_switches_total', type: 'counter', help: 'Context switches.' },
  processes: { name: 'node_forks_total', type: 'counter', help: 'Processes and threads started.' },
  btime: { name: 'node_boot_time_seconds', type: 'gauge', help: 'Time of the last boot, in Unix seconds.' },
  procs_running: { name: 'node_procs_running', type: 'gauge', help: 'Processes that can run.' },
  procs_blocked: { name: 'node_procs_blocked', type: 'gauge', help: 'Processes that wait for I/O.' },
}

export const stat: Collector = async ({ proc }) => {
  const lines = await readLines(proc, 'stat')
  return lines.flatMap((line) => {
    const [key = '', value] = line.split(' ')
    const family = TOTALS[key]
    return family === undefined ? [] : [{ ...family, samples: [{ labels: {}, value: Number(value) }] }]
  })
}
