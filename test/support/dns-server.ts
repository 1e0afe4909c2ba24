import { createSocket } from 'node:dgram'

/** A record as it is written into an answer: `A` address, `AAAA` address, `SRV` port and name, `MX`/`NS`/`CNAME` name. */
export interface DnsRecord {
  readonly type: keyof typeof TYPES
  readonly value: string
  readonly port?: number
}

const TYPES = { A: 1, NS: 2, CNAME: 5, MX: 15, AAAA: 28, SRV: 33 } as const

export interface DnsServer extends AsyncDisposable {
  /** For `Resolver.setServers`. */
  readonly address: string
  /** By name: records, or a response code (2 = SERVFAIL). A name that is not there gets NXDOMAIN. */
  zone: Record<string, readonly DnsRecord[] | number>
  readonly asked: readonly string[]
}

/** A real DNS server over UDP on the loopback. */
export async function startDns(zone: DnsServer['zone']): Promise<DnsServer> {
  const socket = createSocket('udp4')
  const asked: string[] = []
  const server = { zone }
  socket.on('message', (query, peer) => {
    const { name, type, end } = questionOf(query)
    asked.push(name)
    const found = server.zone[name.toLowerCase()] ?? 3
    const code = typeof found === 'number' ? found : 0
    const records =
      typeof found === 'number' ? [] : found.filter((record) => TYPES[record.type] === type || record.type === 'CNAME')
    const head = Buffer.alloc(12)
    query.copy(head, 0, 0, 2)
    head.writeUInt16BE(0x8180 | code, 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(records.length, 6)
    socket.send(Buffer.concat([head, query.subarray(12, end), ...records.map(encode)]), peer.port, peer.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  return Object.assign(server, {
    address: `127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.close(resolve)),
  })
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const parts: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    parts.push(query.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: parts.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function encode({ type, value, port = 0 }: DnsRecord): Buffer {
  const content = contentOf(type, value, port)
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(TYPES[type], 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(1, 6)
  head.writeUInt16BE(content.length, 10)
  return Buffer.concat([head, content])
}

function contentOf(type: DnsRecord['type'], value: string, port: number): Buffer {
  if (type === 'A') return Buffer.from(value.split('.').map(Number))
  if (type === 'AAAA') return Buffer.concat([Buffer.alloc(15), Buffer.of(Number(value.replace('::', '')))])
  const name = Buffer.concat([
    ...value.split('.').map((part) => Buffer.concat([Buffer.of(part.length), Buffer.from(part)])),
    Buffer.of(0),
  ])
  if (type === 'MX') return Buffer.concat([Buffer.of(0, 1), name])
  return type === 'SRV' ? Buffer.concat([Buffer.of(0, 1, 0, 1, port >> 8, port & 255), name]) : name
}
