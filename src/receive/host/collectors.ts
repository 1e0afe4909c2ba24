import { cpu, stat } from './cpu.ts'
import { disk } from './disk.ts'
import type { Collector } from './family.ts'
import { filesystem } from './filesystem.ts'
import { entropy, fileDescriptors, protocols, sockets, uname, virtualMemory } from './kernel.ts'
import { load } from './load.ts'
import { memory } from './memory.ts'
import { networkClasses, networkDevices } from './network.ts'
import { pressure } from './pressure.ts'

/** Every topic under node_exporter's name for it. */
export const COLLECTORS: Readonly<Record<string, Collector>> = {
  cpu,
  diskstats: disk,
  entropy,
  filefd: fileDescriptors,
  filesystem,
  loadavg: load,
  meminfo: memory,
  netclass: networkClasses,
  netdev: networkDevices,
  netstat: protocols,
  pressure,
  sockstat: sockets,
  stat,
  uname,
  vmstat: virtualMemory,
}
