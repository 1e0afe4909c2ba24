import { z } from 'zod'
import { defineSection } from '../config/section.ts'
import { bytes } from '../config/values.ts'
import { parseAddress } from '../core/address.ts'
import { messageOf } from '../core/errors.ts'
import { compileLabelRegexp } from '../model/regexp.ts'

/** The one HTTP port: API, receivers, page. */
export const serverSection = defineSection({
  key: 'server',
  summary: 'The HTTP server: API, receivers of pushed data, page.',
  reload: 'restart',
  schema: z.strictObject({
    listen: z
      .string()
      .refine((text) => parseAddress(text) !== undefined, {
        error: 'not an address (try 127.0.0.1:9095, 0.0.0.0:9095, [::1]:9095, :9095)',
      })
      .prefault('127.0.0.1:9095')
      .describe(
        'address and port; an empty address is every one. There is no sign-in yet: keep it to addresses that only you reach',
      ),
    external_url: z
      .string()
      .refine((text) => URL.canParse(text) && /^https?:/.test(text), { error: 'not an http(s) URL' })
      .optional()
      .describe('how users reach this server, for links; its path is the prefix of all routes'),
    enable_lifecycle: z.boolean().prefault(true).describe('reload the configuration by POST /-/reload'),
    cors_origin: z
      .string()
      .superRefine((pattern, ctx) => {
        try {
          compileLabelRegexp(pattern)
        } catch (error) {
          ctx.addIssue({ code: 'custom', message: messageOf(error) })
        }
      })
      .prefault('.*')
      .describe('origins whose pages may read the Prometheus API, as a regular expression, fully anchored'),
    max_body_size: bytes.prefault('64MB').describe('largest body of a request, before and after decompression'),
  }),
})
