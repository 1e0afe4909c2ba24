import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readLines, readOptional } from './family.ts'
import type { Collector, HostFamily, HostSample } from './family.ts'

/** The columns of /proc/net/dev, in order. */
const RECEIVE = ['bytes', 'packets', 'errs', 'drop', 'fifo', 'frame', 'compressed', 'multicast'] as const
const TRANSMIT = ['bytes', 'packets', 'errs', 'drop', 'fifo', 'colls', 'carrier', 'compressed'] as const

/** node_network_{receive,transmit}_*. Follows collector/netdev_linux.go, node_exporter. */
export const networkDevices: Collector = async ({ proc }) => {
  const lines = await readLines(proc, 'net/dev')
  const columns = [
    ...RECEIVE.map((field) => `node_network_receive_${field}_total`),
    ...TRANSMIT.map((field) => `node_network_transmit_${field}_total`),
  ]
  const rows = lines.slice(2).map((line) => {
    const at = line.lastIndexOf(':')
    return {
      device: line.slice(0, at).trim(),
      values: line
        .slice(at + 1)
        .trim()
        .split(/\s+/),
    }
  })
  return columns.map((name, i): HostFamily => {
    const help = `Network device statistic ${name.slice('node_network_'.length, -'_total'.length)}.`
    return {
      name,
      type: 'counter',
      help,
      samples: rows.map(({ device, values }) => ({ labels: { device }, value: Number(values[i]) })),
    }
  })
}

/** Files of /sys/class/net/<device>/ that hold one number, and what they are called. */
const NUMBERS: readonly (readonly [
  file: string,
  name: string,
  help: string,
  type: 'gauge' | 'counter',
  factor?: number,
])[] = [
  ['addr_assign_type', 'address_assign_type', 'How the address was assigned.', 'gauge'],
  ['carrier', 'carrier', '1 when the link is there.', 'gauge'],
  ['carrier_changes', 'carrier_changes_total', 'Changes of the link.', 'counter'],
  ['carrier_up_count', 'carrier_up_changes_total', 'Times the link came up.', 'counter'],
  ['carrier_down_count', 'carrier_down_changes_total', 'Times the link went down.', 'counter'],
  ['dev_id', 'device_id', 'Device id.', 'gauge'],
  ['dormant', 'dormant', '1 when dormant.', 'gauge'],
  ['flags', 'flags', 'Flags of the device.', 'gauge'],
  ['ifindex', 'iface_id', 'Index of the interface.', 'gauge'],
  ['iflink', 'iface_link', 'Index of the interface below.', 'gauge'],
  ['link_mode', 'iface_link_mode', 'Link mode.', 'gauge'],
  ['mtu', 'mtu_bytes', 'Largest packet in bytes.', 'gauge'],
  ['name_assign_type', 'name_assign_type', 'How the name was assigned.', 'gauge'],
  ['netdev_group', 'net_dev_group', 'Group of the device.', 'gauge'],
  ['speed', 'speed_bytes', 'Speed of the link in bytes a second.', 'gauge', 1e6 / 8],
  ['tx_queue_len', 'transmit_queue_length', 'Length of the transmit queue.', 'gauge'],
  ['type', 'protocol_type', 'Protocol of the device.', 'gauge'],
]

/** node_network_up, _info, _carrier, _mtu_bytes ... Follows collector/netclass_linux.go, node_exporter. */
export const networkClasses: Collector = async ({ sys }) => {
  const folder = join(sys, 'class/net')
  const entries = await readdir(folder, { withFileTypes: true })
  // Files beside the devices (bonding_masters) are no devices.
  const devices = entries.filter((one) => one.isDirectory() || one.isSymbolicLink()).map(({ name }) => name)
  const samples = new Map<string, HostSample[]>()
  const push = (name: string, sample: HostSample): void => {
    samples.set(name, [...(samples.get(name) ?? []), sample])
  }
  for (const device of devices) {
    const read = (file: string): Promise<string | undefined> => readOptional(folder, device, file)
    const operstate = (await read('operstate')) ?? ''
    push('up', { labels: { device }, value: operstate === 'up' ? 1 : 0 })
    push('info', { labels: { device, ...(await infoLabels(read, operstate)) }, value: 1 })
    for (const [file, name, , , factor = 1] of NUMBERS) {
      const text = await read(file)
      // -1 is how the kernel writes "unknown" (the speed of a link that is down).
      if (text === undefined || text === '' || (file === 'speed' && Number(text) < 0)) continue
      push(name, { labels: { device }, value: Number(text) * factor })
    }
  }
  const head: HostFamily[] = [
    {
      name: 'node_network_up',
      type: 'gauge',
      help: '1 when the operational state is up.',
      samples: samples.get('up') ?? [],
    },
    {
      name: 'node_network_info',
      type: 'gauge',
      help: 'Facts of the device, always 1.',
      samples: samples.get('info') ?? [],
    },
  ]
  const rest = NUMBERS.map(([, name, help, type]): HostFamily => ({
    name: `node_network_${name}`,
    type,
    help,
    samples: samples.get(name) ?? [],
  }))
  return [...head, ...rest.filter((family) => family.samples.length > 0)]
}

async function infoLabels(
  read: (file: string) => Promise<string | undefined>,
  operstate: string,
): Promise<Readonly<Record<string, string>>> {
  const flags = Number((await read('flags')) ?? 0)
  return {
    address: (await read('address')) ?? '',
    adminstate: (flags & 1) === 1 ? 'up' : 'down',
    broadcast: (await read('broadcast')) ?? '',
    duplex: (await read('duplex')) ?? '',
    ifalias: (await read('ifalias')) ?? '',
    operstate,
  }
}
