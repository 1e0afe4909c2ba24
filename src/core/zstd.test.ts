import { describe, expect, test } from 'vitest'
import { wasmDecompress, zstdCompress, zstdDecompress } from './zstd.ts'

const TEXT = 'http_requests_total{code="200"} 1\n'.repeat(1000)
const packed = (base64: string): Buffer => Buffer.from(base64, 'base64')
/** Made by the reference encoder. */
const WHOLE = packed('KLUv/WDQg2UBACQCaHR0cF9yZXF1ZXN0c190b3RhbHtjb2RlPSIyMDAifSAxCgEAWiUUXT0B')
/** Streamed: nothing tells the size, and an empty frame follows. */
const STREAMED = packed('KLUv/QBYZQEAJAJodHRwX3JlcXVlc3RzX3RvdGFse2NvZGU9IjIwMCJ9IDEKAQBaJRRdPQEotS/9IAABAAA=')
const NOTHING = packed('KLUv/SAAAQAA')

describe.each([
  ['in WebAssembly', wasmDecompress()],
  ['by what this Node takes', zstdDecompress()],
])('zstd %s', (_, decompress) => {
  test.each([
    ['whole', WHOLE, TEXT],
    ['streamed', STREAMED, TEXT],
    ['empty', NOTHING, ''],
  ])('is undone: %s', async (_name, bytes, want) => {
    expect(String(await decompress(bytes, TEXT.length))).toBe(want)
  })

  test('never makes more than allowed', async () => {
    await expect(decompress(WHOLE, TEXT.length - 1)).rejects.toMatchObject({ code: 'ERR_BUFFER_TOO_LARGE' })
    await expect(decompress(STREAMED, TEXT.length - 1)).rejects.toThrow(/./)
  })

  test.each([
    ['broken off', WHOLE.subarray(0, -3)],
    ['something else', Buffer.from('{"resourceMetrics":[]}')],
    ['of another block type', WHOLE.map((byte, i) => (i === 7 ? byte | 6 : byte))],
  ])('refuses what is %s', async (_name, bytes) => {
    await expect(decompress(bytes, TEXT.length)).rejects.toThrow(/./)
  })
})

const compress = zstdCompress()

describe.skipIf(compress === undefined)('zstd of this Node', () => {
  test('gives back what was compressed, whole or streamed', async () => {
    const decompress = wasmDecompress()
    const whole = (await compress?.whole(TEXT)) ?? Buffer.alloc(0)
    expect(whole.length).toBeLessThan(200)
    expect(String(await decompress(whole, TEXT.length))).toBe(TEXT)
    const stream = compress?.streamed()
    stream?.end(TEXT)
    const pieces = (await stream?.toArray()) as Buffer[]
    expect(String(await decompress(Buffer.concat(pieces), TEXT.length))).toBe(TEXT)
  })
})
