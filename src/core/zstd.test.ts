import { describe, expect, test } from 'vitest'
import { nodeZstd } from './zstd.ts'

const zstd = nodeZstd()
const TEXT = 'http_requests_total{code="200"} 1\n'.repeat(10_000)

test('is there from Node 22.15 on', () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  expect(zstd !== undefined).toBe(major > 23 || (major === 22 && minor >= 15) || (major === 23 && minor >= 8))
})

describe.skipIf(zstd === undefined)('it', () => {
  test('gives back what was compressed, whole or streamed', async () => {
    const packed = (await zstd?.compress(TEXT)) ?? Buffer.alloc(0)
    expect(packed.length).toBeLessThan(1000)
    expect(String(await zstd?.decompress(packed, TEXT.length))).toBe(TEXT)
    const stream = zstd?.compressing()
    stream?.end(TEXT)
    const pieces = (await stream?.toArray()) as Buffer[]
    expect(String(await zstd?.decompress(Buffer.concat(pieces), TEXT.length))).toBe(TEXT)
  })

  test('never makes more than allowed', async () => {
    const packed = (await zstd?.compress(TEXT)) ?? Buffer.alloc(0)
    await expect(zstd?.decompress(packed, TEXT.length - 1)).rejects.toMatchObject({ code: 'ERR_BUFFER_TOO_LARGE' })
    await expect(zstd?.decompress(packed.subarray(0, -3), TEXT.length)).rejects.toThrow(/./)
  })
})
