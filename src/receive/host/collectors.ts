import type { Clock } from '../../core/clock.ts'
import { cpu, stat } from './cpu.ts'
import { disk } from './disk.ts'
import type { Collector } from './family.ts'
import { filesystemCollector } from './filesystem.ts'
import { entropy, fileDescriptors, protocols, sockets, uname, virtualMemory } from './kernel.ts'
import { load } from './load.ts'
import { memory } from './memory.ts'
import { networkClasses, networkDevices } from './network.ts'
import { pressure } from './pressure.ts'

/** Every topic under node_exporter's name for it. */
export function makeCollectors({ clock }: { readonly clock: Clock }): Readonly<Record<string, Collector>> {
  return {
    cpu,
    diskstats: disk,
    entropy,
    filefd: fileDescriptors,
    filesystem: filesystemCollector({ clock }),
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
}
