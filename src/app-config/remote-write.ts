/** `remote_write` of Prometheus: read and checked, not acted on yet. Follows RemoteWriteConfig, prometheus/config/config.go@v3.14. */
import { z } from 'zod'
import { defineSection } from '../config/section.ts'
import { duration, required, secret, url } from '../config/values.ts'
import { printDuration } from '../core/time.ts'
import { relabelSchema } from '../pipeline/relabel/config.ts'
import { checkHttpClient, foldBearerToken, http2, httpClientShape } from '../receive/http-client/config.ts'
import { refuseReserved } from './headers.ts'

const positive = z.int().min(1, { error: 'must be positive' })

const queueSchema = z
  .strictObject({
    capacity: positive.prefault(10_000).describe('samples that wait for each shard'),
    max_shards: positive.prefault(50).describe('most senders at once'),
    min_shards: positive.prefault(1).describe('senders to begin with'),
    max_samples_per_send: positive.prefault(2000).describe('samples in a request'),
    batch_send_deadline: duration.prefault('5s').describe('how long a sample waits for its batch to fill'),
    min_backoff: duration.prefault('30ms').describe('first wait before a retry'),
    max_backoff: duration.prefault('5s').describe('longest wait before a retry'),
    retry_on_http_429: z.boolean().prefault(false).describe('retry when the receiver says too many requests'),
    sample_age_limit: duration.prefault('0s').describe('older samples are not sent; 0s: no limit'),
  })
  .superRefine((queue, ctx) => {
    if (queue.min_shards > queue.max_shards) {
      const message = `min_shards must not be greater than max_shards (${queue.max_shards})`
      ctx.addIssue({ code: 'custom', path: ['min_shards'], message })
    }
    if (queue.max_backoff < queue.min_backoff) {
      const message = `max_backoff must not be less than min_backoff (${printDuration(queue.min_backoff)})`
      ctx.addIssue({ code: 'custom', path: ['max_backoff'], message })
    }
  })

const metadataSchema = z.strictObject({
  send: z.boolean().prefault(true).describe('send types and help texts of metrics'),
  send_interval: duration.prefault('1m').describe('how often'),
  max_samples_per_send: z.int().prefault(2000).describe('metrics in a request'),
})

export const sigv4Schema = z.strictObject({
  region: z.string().optional().describe('region of AWS'),
  access_key: z.string().optional().describe('id of the access key'),
  secret_key: secret.optional().describe('secret of the access key'),
  profile: z.string().optional().describe('profile of the credentials file'),
  role_arn: z.string().optional().describe('role to take on'),
  external_id: z.string().optional().describe('id to show when taking on the role'),
  use_fips_sts_endpoint: z.boolean().prefault(false).describe('use FIPS endpoints'),
  service_name: z.string().optional().describe('service to sign for'),
})

const MESSAGES = ['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'] as const
const AUTHENTICATION = ['basic_auth', 'authorization', 'oauth2', 'sigv4', 'azuread', 'google_iam'] as const

const entry = z
  .strictObject({
    url: required('url for remote_write is empty').pipe(url).describe('where to send'),
    remote_timeout: duration.prefault('30s').describe('how long a request may take'),
    headers: z
      .record(z.string(), z.string())
      .superRefine(
        refuseReserved('set authorization through basic_auth, authorization, oauth2, sigv4, azuread or google_iam'),
      )
      .prefault({})
      .describe('headers to send with each request'),
    write_relabel_configs: z.array(relabelSchema).prefault([]).describe('rules for the labels of what is sent'),
    name: z.string().optional().describe('name in metrics and logs, unique'),
    send_exemplars: z.boolean().prefault(false).describe('send exemplars'),
    send_native_histograms: z.boolean().prefault(false).describe('send native histograms'),
    round_robin_dns: z.boolean().prefault(false).describe('spread over all addresses of the host'),
    protobuf_message: z.enum(MESSAGES).prefault('prometheus.WriteRequest').describe('version of the protocol'),
    failed_request_logging: z.boolean().prefault(false).describe('log requests that failed'),
    ...httpClientShape,
    enable_http2: http2.prefault(false).describe('use HTTP/2 where the receiver can'),
    queue_config: queueSchema.prefault({}).describe('the queue in front of the receiver'),
    metadata_config: metadataSchema.prefault({}).describe('sending of types and help texts'),
    sigv4: sigv4Schema.optional().describe('sign for AWS'),
    azuread: z.looseObject({}).optional().describe('token of Azure AD'),
    google_iam: z.looseObject({}).optional().describe('credentials of Google Cloud'),
  })
  .superRefine(checkHttpClient)
  .superRefine((remote, ctx) => {
    const [, second] = AUTHENTICATION.filter((key) => remote[key] !== undefined)
    if (second === undefined || ['authorization', 'oauth2'].includes(second)) return // checkHttpClient has said so
    const message = 'at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be configured'
    ctx.addIssue({ code: 'custom', path: [second], message })
  })
  .transform(foldBearerToken)

export const remoteWriteSection = defineSection({
  key: 'remote_write',
  summary: 'Systems that a copy of all samples is sent to.',
  reload: 'live',
  schema: z
    .array(entry)
    .superRefine(uniqueNames('remote write'))
    .prefault([])
    .meta({ notActedOn: { why: 'not acted on yet: nothing is sent to other systems' } }),
})

/** Refuses a name that an entry before has; entries without a name are left alone. */
export function uniqueNames(what: string) {
  return (entries: readonly { readonly name?: string | undefined }[], ctx: z.RefinementCtx): void => {
    const seen = new Set<string>()
    for (const [i, { name = '' }] of entries.entries()) {
      if (name !== '' && seen.has(name)) {
        const message = `found multiple ${what} configs with name ${JSON.stringify(name)}`
        ctx.addIssue({ code: 'custom', path: [i, 'name'], message })
      }
      seen.add(name)
    }
  }
}
