import { describe, expect, test } from 'vitest'
import { encodeExportResponse, encodeStatus } from './response.ts'

describe('OTLP answers', () => {
  test('full success has no partial success', () => {
    expect(encodeExportResponse(undefined, 'rejectedDataPoints', 'protobuf')).toHaveLength(0)
    expect(encodeExportResponse(undefined, 'rejectedDataPoints', 'json').toString()).toBe('{}')
  })

  test('partial success names the rows of its signal', () => {
    const partial = { rejected: 300, message: 'no' }
    expect(JSON.parse(encodeExportResponse(partial, 'rejectedSpans', 'json').toString())).toEqual({
      partialSuccess: { rejectedSpans: '300', errorMessage: 'no' },
    })
    const bytes = Buffer.from([0x0a, 7, 0x08, 0xac, 0x02, 0x12, 2, 0x6e, 0x6f])
    expect(encodeExportResponse(partial, 'rejectedSpans', 'protobuf')).toEqual(bytes)
  })

  test('a status carries its retry info', () => {
    const status = { code: 14, message: 'later', retryAfterSeconds: 5 }
    expect(JSON.parse(encodeStatus(status, 'json').toString())).toEqual({
      code: 14,
      message: 'later',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '5s' }],
    })
    const any = Buffer.concat([
      Buffer.from([0x0a, 40]),
      Buffer.from('type.googleapis.com/google.rpc.RetryInfo'),
      Buffer.from([0x12, 4, 0x0a, 2, 0x08, 5]),
    ])
    const head = Buffer.concat([
      Buffer.from([0x08, 14, 0x12, 5]),
      Buffer.from('later'),
      Buffer.from([0x1a, any.length]),
    ])
    expect(encodeStatus(status, 'protobuf')).toEqual(Buffer.concat([head, any]))
    expect(encodeStatus({ code: 3, message: '' }, 'json').toString()).toBe('{"code":3,"message":""}')
  })
})
