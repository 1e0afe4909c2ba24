/** `kubernetes_sd_configs`: checked, not supported yet. Follows SDConfig, prometheus/discovery/kubernetes/kubernetes.go@v3.14. */
import { z } from 'zod'
import { filePath, url } from '../../config/values.ts'
import { checkHttpClient, foldBearerToken, httpClientShape } from '../http-client/config.ts'

const role = z.enum(['pod', 'service', 'endpoints', 'endpointslice', 'node', 'ingress'])
type Role = z.output<typeof role>

/** Of which kinds of objects a role reads some, and so can select. */
const SELECTABLE: Readonly<Record<Role, readonly Role[]>> = {
  pod: ['pod', 'node'],
  service: ['service'],
  endpointslice: ['pod', 'service', 'endpointslice'],
  endpoints: ['pod', 'service', 'endpoints'],
  node: ['node'],
  ingress: ['ingress'],
}

const selector = z.strictObject({
  role: role.describe('kind of object that is selected'),
  label: z.string().prefault('').describe('label selector'),
  field: z
    .string()
    .prefault('')
    .refine((text) => text === '' || text.split(',').every((term) => term.includes('=')), {
      error: 'not a field selector (try metadata.name=x,status.phase!=Failed)',
    })
    .describe('field selector'),
})

const kubernetes = z.strictObject({
  role: role.describe('kind of object that targets are made of'),
  api_server: url.optional().describe('URL of the API server; without it, that of the cluster around'),
  kubeconfig_file: filePath.optional().describe('file that says how to reach the API server'),
  namespaces: z
    .strictObject({
      own_namespace: z.boolean().prefault(false).describe('the namespace that this process runs in'),
      names: z.array(z.string()).prefault([]).describe('names of namespaces'),
    })
    .prefault({})
    .describe('where to look; everywhere by default'),
  selectors: z.array(selector).prefault([]).describe('narrows what is read'),
  attach_metadata: z
    .strictObject({
      node: z.boolean().prefault(false).describe('labels of the node'),
      namespace: z.boolean().prefault(false).describe('labels of the namespace'),
      deployment: z.boolean().prefault(false).describe('name of the deployment'),
      job: z.boolean().prefault(false).describe('name of the job'),
      cronjob: z.boolean().prefault(false).describe('name of the cron job'),
    })
    .prefault({})
    .describe('what to add of related objects'),
  ...httpClientShape,
})
type Kubernetes = z.output<typeof kubernetes>

export const kubernetesSdSchema = kubernetes
  .superRefine(checkHttpClient)
  .superRefine((config, ctx) => {
    const say = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message })
    const { api_server: server = '', kubeconfig_file: file = '' } = config
    const own = customHttpKey(config)
    if (server !== '' && file !== '') {
      say(['kubeconfig_file'], "cannot use 'kubeconfig_file' and 'api_server' simultaneously")
    }
    if (own !== undefined && file !== '') {
      say([own], "cannot use a custom HTTP client configuration together with 'kubeconfig_file'")
    } else if (own !== undefined && server === '') {
      say([own], "to use custom HTTP client configuration please provide the 'api_server' URL explicitly")
    }
    const place = ['namespaces', 'own_namespace']
    if (config.namespaces.own_namespace && server !== '') {
      say(place, "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously")
    } else if (config.namespaces.own_namespace && file !== '') {
      say(place, "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously")
    }
  })
  .superRefine(({ role: kind, selectors }, ctx) => {
    const seen = new Set<Role>()
    for (const [i, one] of selectors.entries()) {
      const path = ['selectors', i, 'role']
      if (seen.has(one.role)) ctx.addIssue({ code: 'custom', path, message: `duplicated selector role: ${one.role}` })
      seen.add(one.role)
      if (SELECTABLE[kind].includes(one.role)) continue
      const message = `${kind} role supports only ${SELECTABLE[kind].join(', ')} selectors`
      ctx.addIssue({ code: 'custom', path, message })
    }
  })
  .transform(foldBearerToken)

/** A key of the HTTP client that is not at its default. */
function customHttpKey(config: Kubernetes): keyof Kubernetes | undefined {
  const keys = [
    'basic_auth',
    'authorization',
    'oauth2',
    'bearer_token',
    'bearer_token_file',
    'proxy_url',
    'no_proxy',
  ] as const
  const set = keys.find((key) => config[key] !== undefined)
  if (set !== undefined) return set
  if (!config.follow_redirects) return 'follow_redirects'
  if (!config.enable_http2) return 'enable_http2'
  if (config.proxy_from_environment) return 'proxy_from_environment'
  if (config.http_headers !== undefined) return 'http_headers'
  const tls = Object.values(config.tls_config).some((value) => value !== undefined && value !== false)
  return tls ? 'tls_config' : undefined
}
