/** `alerting` of Prometheus: read and checked, not acted on yet. Follows AlertingConfig, prometheus/config/config.go@v3.14. */
import { z } from 'zod'
import { defineSection } from '../config/section.ts'
import { duration } from '../config/values.ts'
import { relabelSchema } from '../pipeline/relabel/config.ts'
import { checkStaticTargets, discoveryShape } from '../receive/discovery/shape.ts'
import { checkHttpClient, foldBearerToken, httpClientShape } from '../receive/http-client/config.ts'
import { sigv4Schema } from './remote-write.ts'

const alertmanager = z
  .strictObject({
    scheme: z.string().prefault('http').describe('http or https'),
    path_prefix: z.string().optional().describe('stands before the path of the API'),
    timeout: duration.prefault('10s').describe('how long a request may take'),
    api_version: z.enum(['v2']).prefault('v2').describe('version of the API'),
    relabel_configs: z.array(relabelSchema).prefault([]).describe('rules for the labels of discovered Alertmanagers'),
    alert_relabel_configs: z.array(relabelSchema).prefault([]).describe('rules for the labels of alerts sent there'),
    sigv4: sigv4Schema.optional().describe('sign for AWS'),
    ...httpClientShape,
    ...discoveryShape,
  })
  .superRefine(checkHttpClient)
  .superRefine(checkStaticTargets)
  .superRefine((one, ctx) => {
    const others = [one.basic_auth, one.authorization, one.oauth2].some((auth) => auth !== undefined)
    if (one.sigv4 === undefined || !others) return
    const message = 'at most one of basic_auth, authorization, oauth2, & sigv4 must be configured'
    ctx.addIssue({ code: 'custom', path: ['sigv4'], message })
  })
  .transform(foldBearerToken)

export const alertingSection = defineSection({
  key: 'alerting',
  summary: 'Alertmanagers that alerts are sent to.',
  reload: 'live',
  schema: z
    .strictObject({
      alert_relabel_configs: z.array(relabelSchema).prefault([]).describe('rules for the labels of every alert'),
      alertmanagers: z.array(alertmanager).prefault([]).describe('where alerts are sent'),
    })
    .meta({ notActedOn: { why: 'not acted on yet: no alerts are sent' } }),
})
