/** `remote_read` of Prometheus: read and checked, not acted on yet. Follows RemoteReadConfig, prometheus/config/config.go@v3.14. */
import { z } from 'zod'
import { defineSection } from '../config/section.ts'
import { count, duration, required, url } from '../config/values.ts'
import { checkHttpClient, foldBearerToken, httpClientShape } from '../receive/http-client/config.ts'
import { refuseReserved } from './headers.ts'
import { uniqueNames } from './remote-write.ts'

const entry = z
  .strictObject({
    url: required('url for remote_read is empty').pipe(url).describe('where to read'),
    remote_timeout: duration.prefault('1m').describe('how long a request may take'),
    chunked_read_limit: count.prefault(50_000_000).describe('largest frame of a streamed answer, in bytes'),
    headers: z
      .record(z.string(), z.string())
      .superRefine(refuseReserved('set authorization through basic_auth, authorization or oauth2'))
      .prefault({})
      .describe('headers to send with each request'),
    read_recent: z.boolean().prefault(false).describe('read there what is also here'),
    name: z.string().optional().describe('name in metrics and logs, unique'),
    required_matchers: z.record(z.string(), z.string()).prefault({}).describe('ask only for selectors that have these'),
    filter_external_labels: z.boolean().prefault(true).describe('ask with the external labels'),
    ...httpClientShape,
  })
  .superRefine(checkHttpClient)
  .transform(foldBearerToken)

export const remoteReadSection = defineSection({
  key: 'remote_read',
  summary: 'Systems whose samples are read beside the own ones.',
  reload: 'live',
  schema: z
    .array(entry)
    .superRefine(uniqueNames('remote read'))
    .prefault([])
    .meta({ notActedOn: { why: 'not acted on yet: nothing is read from other systems' } }),
})
