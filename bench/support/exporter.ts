/**
 * A target to be scraped: a page of 10,000 samples with ever new values, as text or, when the scraper prefers it, as protobuf,
 * compressed when the scraper asks for it. Prints its port; run by the scrape scenario in a process of its own.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Family } from '../../src/codec/exposition/family.ts'
import { writeProtobuf } from '../../src/codec/exposition/write-protobuf.ts'
import { writeText } from '../../src/codec/exposition/write-text.ts'

const FAMILIES = 200
const SERIES = 50
/** Pages that are made before the first scrape and answered in turn. */
const PAGES = 8

function family(f: number, seed: number): Family {
  return {
    name: `bench_http_request_duration_seconds_${f}_total`,
    type: 'counter',
    help: `Requests that family ${f} served.`,
    metrics: Array.from({ length: SERIES }, (_, s) => ({
      labels: [
        ['method', 'GET'],
        ['path', `/api/v1/items/${s}`],
        ['status', '200'],
        ['zone', `eu-${s % 4}`],
      ],
      value: { kind: 'number', value: s % 3 === 0 ? (seed + 1) * s * 1.37 : (seed + 1) * 1000 + s },
    })),
  }
}

function page(seed: number): { readonly text: Buffer; readonly protobuf: Buffer } {
  const families = Array.from({ length: FAMILIES }, (_, f) => family(f, seed))
  return {
    text: Buffer.from(families.map((one) => writeText(one, 'allow-utf-8')).join('')),
    protobuf: Buffer.concat(families.map((one) => writeProtobuf(one, 'allow-utf-8'))),
  }
}

const TYPES = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  protobuf: 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
}

function main(): void {
  const plain = Array.from({ length: PAGES }, (_, seed) => page(seed))
  const zipped = plain.map(({ text, protobuf }) => ({ text: gzipSync(text), protobuf: gzipSync(protobuf) }))
  let next = 0
  const server = createServer((request, response) => {
    const accept = request.headers.accept ?? ''
    const format = accept.startsWith('application/vnd.google.protobuf') ? 'protobuf' : 'text'
    const isZipped = (request.headers['accept-encoding'] ?? '').includes('gzip')
    const body = (isZipped ? zipped : plain)[next++ % PAGES]?.[format]
    response.writeHead(200, { 'content-type': TYPES[format], ...(isZipped ? { 'content-encoding': 'gzip' } : {}) })
    response.end(body)
  })
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
  process.once('SIGTERM', () => server.close(() => process.exit(0)).closeAllConnections())
}

main()
