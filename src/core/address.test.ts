import { expect, test } from 'vitest'
import { parseAddress, printAddress } from './address.ts'

const addresses: [text: string, host: string, port: number, printed: string][] = [
  ['127.0.0.1:9095', '127.0.0.1', 9095, '127.0.0.1:9095'],
  ['localhost:0', 'localhost', 0, 'localhost:0'],
  ['[::1]:4317', '::1', 4317, '[::1]:4317'],
  [':65535', '0.0.0.0', 65_535, '0.0.0.0:65535'],
]
test.each(addresses)('%s is an address', (text, host, port, printed) => {
  expect(parseAddress(text)).toEqual({ host, port })
  expect(printAddress({ host, port })).toBe(printed)
})

test.each(['', '9095', 'host', 'host:', 'host:65536', '::1:80', '[::1]', 'http://a:1', 'a:1:2', '[x]:1', 'a:-1'])(
  '%s is none',
  (text) => expect(parseAddress(text)).toBeUndefined(),
)
