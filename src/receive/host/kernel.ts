/** Small topics of the kernel: uname, file descriptors, virtual memory, protocols, sockets, entropy, time. */
import { hostname } from 'node:os'
import { readLines, readOptional, readText, single } from './family.ts'
import type { Collector, HostFamily } from './family.ts'

/** node_uname_info. */
export const uname: Collector = async ({ proc }) => {
  const field = async (file: string): Promise<string> => (await readOptional(proc, 'sys/kernel', file)) ?? ''
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string] ?? process.arch
  const labels = {
    sysname: await field('ostype'),
    release: await field('osrelease'),
    version: await field('version'),
    machine,
    nodename: (await field('hostname')) || hostname(),
    domainname: (await field('domainname')) || '(none)',
  }
  return [
    { name: 'node_uname_info', type: 'gauge', help: 'Facts of the kernel, always 1.', samples: [{ labels, value: 1 }] },
  ]
}

/** node_filefd_*. */
export const fileDescriptors: Collector = async ({ proc }) => {
  const [allocated, , maximum] = (await readText(proc, 'sys/fs/file-nr')).trim().split(/\s+/).map(Number)
  return [
    single('node_filefd_allocated', 'gauge', 'File descriptors in use.', allocated ?? NaN),
    single('node_filefd_maximum', 'gauge', 'File descriptors that there may be.', maximum ?? NaN),
  ]
}

const VMSTAT = /^(oom_kill|pgpg|pswp|pg.*fault).*/

/** node_vmstat_*: node_exporter's default fields. */
export const virtualMemory: Collector = async ({ proc }) => {
  const lines = await readLines(proc, 'vmstat')
  return lines.flatMap((line) => {
    const [field = '', value] = line.split(/\s+/)
    return VMSTAT.test(field)
      ? [single(`node_vmstat_${field}`, 'unknown', `Field ${field} of /proc/vmstat.`, Number(value))]
      : []
  })
}

const NETSTAT =
  /^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$/

/** node_netstat_*: node_exporter's default fields of /proc/net/{netstat,snmp,snmp6}. */
export const protocols: Collector = async ({ proc }) => {
  const found: HostFamily[] = []
  const add = (field: string, value: string | undefined): void => {
    if (NETSTAT.test(field))
      found.push(single(`node_netstat_${field}`, 'unknown', `Statistic ${field}.`, Number(value)))
  }
  for (const file of ['netstat', 'snmp']) {
    const lines = await readLines(proc, 'net', file)
    for (let i = 0; i + 1 < lines.length; i += 2) {
      const [protocol = '', ...fields] = (lines[i] ?? '').split(/\s+/)
      const values = (lines[i + 1] ?? '').split(/\s+/).slice(1)
      for (const [k, field] of fields.entries()) add(`${protocol.replace(':', '')}_${field}`, values[k])
    }
  }
  for (const line of ((await readOptional(proc, 'net/snmp6')) ?? '').split('\n')) {
    const match = /^([A-Z][a-z]+(?:Lite)?6)(\S+)\s+(\d+)$/.exec(line)
    if (match !== null) add(`${match[1]}_${match[2]}`, match[3])
  }
  return found
}

const PAGE_BYTES = 4096

/** node_sockstat_*. Follows collector/sockstat_linux.go, node_exporter. */
export const sockets: Collector = async ({ proc }) => {
  const v6 = ((await readOptional(proc, 'net/sockstat6')) ?? '').split('\n').filter((line) => line !== '')
  const lines = [...(await readLines(proc, 'net/sockstat')), ...v6]
  return lines.flatMap((line) => {
    const [protocol = '', rest = ''] = line.split(': ')
    const words = rest.trim().split(' ')
    const found: HostFamily[] = []
    for (let i = 0; i + 1 < words.length; i += 2) {
      const value = Number(words[i + 1])
      found.push(
        single(`node_sockstat_${protocol}_${words[i]}`, 'gauge', `Sockets: ${words[i]} of ${protocol}.`, value),
      )
      if (words[i] === 'mem') {
        found.push(
          single(`node_sockstat_${protocol}_mem_bytes`, 'gauge', `Bytes of memory of ${protocol}.`, value * PAGE_BYTES),
        )
      }
    }
    return found
  })
}

/** node_entropy_*. */
export const entropy: Collector = async ({ proc }) => [
  single(
    'node_entropy_available_bits',
    'gauge',
    'Bits of entropy at hand.',
    Number(await readText(proc, 'sys/kernel/random/entropy_avail')),
  ),
  single(
    'node_entropy_pool_size_bits',
    'gauge',
    'Bits that the pool holds.',
    Number(await readText(proc, 'sys/kernel/random/poolsize')),
  ),
]
