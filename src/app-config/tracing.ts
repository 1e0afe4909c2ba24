/** `tracing` of Prometheus: read and checked, not acted on yet. Follows TracingConfig, prometheus/config/config.go@v3.14. */
import { z } from 'zod'
import { defineSection } from '../config/section.ts'
import { duration } from '../config/values.ts'
import { tlsConfigSchema } from '../receive/http-client/config.ts'
import { refuseReserved } from './headers.ts'

export const tracingSection = defineSection({
  key: 'tracing',
  summary: 'Where the traces of the own work are sent.',
  reload: 'live',
  schema: z
    .strictObject({
      client_type: z.enum(['grpc', 'http']).prefault('grpc').describe('grpc or http'),
      endpoint: z
        .string({ error: 'tracing endpoint must be set' })
        .min(1, { error: 'tracing endpoint must be set' })
        .describe('where traces are sent'),
      sampling_fraction: z.number().prefault(0).describe('share of traces that is sent'),
      insecure: z.boolean().prefault(false).describe('without TLS'),
      tls_config: tlsConfigSchema.prefault({}).describe('TLS'),
      headers: z
        .record(z.string(), z.string())
        .superRefine(refuseReserved('a custom authorization header is not supported'))
        .prefault({})
        .describe('headers to send'),
      compression: z.enum(['', 'gzip']).prefault('').describe('gzip, or none'),
      timeout: duration.optional().describe('how long a request may take'),
    })
    .optional()
    .meta({ notActedOn: { why: 'not acted on yet: no traces of the own work are sent' } }),
})
