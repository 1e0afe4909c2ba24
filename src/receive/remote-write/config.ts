import { z } from 'zod'
import { defineSection } from '../../config/section.ts'
import { bytes } from '../../config/values.ts'

// The decoder's memory is at most 4 GiB, for all that it holds.
const MAX_DECODED = 256 * 1024 ** 2
const MAX_CACHE = 1024 ** 3

export const remoteWriteReceiverSection = defineSection({
  key: 'remote_write_receiver',
  summary: 'Receives Prometheus remote write 1.0 and 2.0 at /api/v1/write.',
  reload: 'restart',
  schema: z
    .strictObject({
      max_body_size: bytes.prefault('32MB').describe('Largest body of a request as it is sent, compressed.'),
      max_decompressed_size: bytes
        .prefault('32MB')
        .refine((size) => size <= MAX_DECODED, 'must not exceed 256MB')
        .describe('Largest body of a request after decompression.'),
      max_in_flight_size: bytes
        .prefault('256MB')
        .describe(
          'Bodies of all requests that are being received or written, together. Beyond it senders are told to wait (429).',
        ),
      max_concurrency: z
        .int()
        .min(1)
        .prefault(64)
        .describe('Requests that are decoded and written at the same time; others wait.'),
      series_cache_size: bytes
        .prefault('192MB')
        .refine((size) => size <= MAX_CACHE, 'must not exceed 1GB')
        .describe(
          'What is remembered of known series, so that their labels need not be decoded again. About 300 bytes a series.',
        ),
    })
    .prefault({}),
})
