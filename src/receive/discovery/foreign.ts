/**
 * The discovery kinds of Prometheus that Bongsu knows, but does not support yet. A file that has them loads and is checked; a
 * job runs without them, and loading says so with file and line. Keys and checks follow each kind's SDConfig,
 * prometheus/discovery@v3.14.
 */
import { z } from 'zod'
import { duration, filePath, httpUrl, required, secret, url } from '../../config/values.ts'
import { checkHttpClient, foldBearerToken, httpClientShape, tlsConfigSchema } from '../http-client/config.ts'
import { kubernetesSdSchema } from './kubernetes-config.ts'

const KNOWN = 'known and checked, but not supported yet: the job runs without it'

const text = z.string().optional()
const texts = z.array(z.string()).optional()
const flag = z.boolean().optional()
const whole = z.int().optional()
const hidden = secret.optional()
const file = filePath.optional()
const period = duration.optional()

/** Entries of a kind that is asked over HTTP, and so has the keys of an HTTP client. */
function overHttp<S extends z.ZodRawShape>(shape: S, ...checks: readonly Check[]) {
  const entry = z
    .strictObject({ refresh_interval: period, port: whole, ...httpClientShape, ...shape })
    .superRefine((config, ctx) => {
      checkHttpClient(config as never, ctx)
      for (const check of checks) check(config, ctx)
    })
    .transform((config) => foldBearerToken(config as never) as object)
  return z.array(entry).optional().describe(KNOWN)
}

function plain<S extends z.ZodRawShape>(shape: S, ...checks: readonly Check[]) {
  const entry = z.strictObject(shape).superRefine((config, ctx) => {
    for (const check of checks) check(config, ctx)
  })
  return z.array(entry).optional().describe(KNOWN)
}

type Check = (config: Readonly<Record<string, unknown>>, ctx: z.RefinementCtx) => void

const atMostOne =
  (...keys: string[]): Check =>
  (config, ctx) => {
    const [, second] = keys.filter((key) => config[key] !== undefined)
    if (second === undefined) return
    ctx.addIssue({ code: 'custom', path: [second], message: `at most one of ${keys.join(', ')} must be configured` })
  }

const oneOf =
  (...keys: string[]): Check =>
  (config, ctx) => {
    if (keys.some((key) => config[key] !== undefined)) atMostOne(...keys)(config, ctx)
    else ctx.addIssue({ code: 'custom', message: `one of ${keys.join(', ')} must be configured` })
  }

/** `keys` must be given when `key` has `value` (or is left out, where that is the default). */
const needs =
  (key: string, value: string, keys: readonly string[]): Check =>
  (config, ctx) => {
    if ((config[key] ?? value) !== value) return
    for (const missing of keys.filter((one) => config[one] === undefined || config[one] === '')) {
      ctx.addIssue({ code: 'custom', path: [missing], message: `${missing} must be given for ${key} ${value}` })
    }
  }

const filters = z
  .array(
    z.strictObject({
      name: text,
      values: z
        .array(z.string(), { error: 'filter values cannot be empty' })
        .min(1, { error: 'filter values cannot be empty' }),
    }),
  )
  .optional()
const looseFilters = z.array(z.strictObject({ name: text, values: texts })).optional()

const aws = {
  endpoint: text,
  region: text,
  access_key: text,
  secret_key: hidden,
  profile: text,
  role_arn: text,
  external_id: text,
}
const zookeeper = {
  servers: z.array(z.string()).min(1, { error: 'at least one Zookeeper server must be given' }),
  paths: z
    .array(z.string().refine((path) => path.startsWith('/'), { error: "must begin with '/'" }))
    .min(1, { error: 'at least one path must be given' }),
  timeout: period,
}

export const foreignSdShape = {
  aws_sd_configs: overHttp({
    ...aws,
    role: z.enum(['ec2', 'ecs', 'elasticache', 'lightsail', 'msk', 'rds']),
    filters: looseFilters,
    clusters: texts,
  }),
  azure_sd_configs: overHttp(
    {
      environment: text,
      subscription_id: required('azure SD configuration requires a subscription_id'),
      tenant_id: text,
      client_id: text,
      client_secret: hidden,
      authentication_method: z.enum(['OAuth', 'ManagedIdentity', 'SDK', 'WorkloadIdentity']).optional(),
      resource_group: text,
    },
    needs('authentication_method', 'OAuth', ['tenant_id', 'client_id', 'client_secret']),
  ),
  consul_sd_configs: overHttp(
    {
      server: z.string().trim().min(1, { error: 'consul SD configuration requires a server address' }).optional(),
      path_prefix: text,
      token: hidden,
      datacenter: text,
      namespace: text,
      partition: text,
      tag_separator: text,
      scheme: text,
      username: text,
      password: hidden,
      allow_stale: flag,
      services: texts,
      tags: texts,
      node_meta: z.record(z.string(), z.string()).optional(),
      filter: text,
      health_filter: text,
    },
    atMostOne('username', 'basic_auth'),
    atMostOne('token', 'authorization', 'oauth2'),
  ),
  digitalocean_sd_configs: overHttp({ role: z.enum(['droplets', 'databases']).optional() }),
  docker_sd_configs: overHttp({
    host: required('host missing').pipe(url),
    filters: looseFilters,
    host_networking_host: text,
    match_first_network: flag,
  }),
  dockerswarm_sd_configs: overHttp({
    host: required('host missing').pipe(url),
    role: z.enum(['services', 'nodes', 'tasks']),
    filters: looseFilters,
  }),
  ec2_sd_configs: overHttp({ ...aws, filters }),
  eureka_sd_configs: overHttp({
    server: required('empty or null eureka server').refine((one) => /^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(one), {
      error: 'must be a URL with scheme and host',
    }),
  }),
  gce_sd_configs: plain({
    project: required('GCE SD configuration requires a project'),
    zone: required('GCE SD configuration requires a zone'),
    filter: text,
    refresh_interval: period,
    port: whole,
    tag_separator: text,
  }),
  hetzner_sd_configs: overHttp({ role: z.enum(['robot', 'hcloud']), label_selector: text }),
  ionos_sd_configs: overHttp({ datacenter_id: required("datacenter id can't be empty") }),
  kubernetes_sd_configs: z.array(kubernetesSdSchema).optional().describe(KNOWN),
  kuma_sd_configs: overHttp({
    server: required('kuma SD server must not be empty').refine((one) => /^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(one), {
      error: 'must be a URL with scheme and host',
    }),
    client_id: text,
    fetch_timeout: period,
  }),
  lightsail_sd_configs: overHttp(aws),
  linode_sd_configs: overHttp({ tag_separator: text, region: text }),
  marathon_sd_configs: overHttp(
    {
      servers: z
        .array(z.string(), { error: 'must contain at least one Marathon server' })
        .min(1, { error: 'must contain at least one Marathon server' }),
      auth_token: hidden,
      auth_token_file: file,
    },
    atMostOne('auth_token', 'auth_token_file', 'basic_auth', 'bearer_token', 'bearer_token_file', 'authorization'),
  ),
  nerve_sd_configs: plain(zookeeper),
  nomad_sd_configs: overHttp({
    allow_stale: flag,
    namespace: text,
    region: text,
    server: z.string().trim().min(1, { error: 'nomad SD configuration requires a server address' }).optional(),
    tag_separator: text,
  }),
  oci_sd_configs: overHttp(
    {
      auth: z.enum(['api_key', 'instance_principal']).optional(),
      tenancy: text,
      user: text,
      fingerprint: text,
      key_file: file,
      key_passphrase: hidden,
      key_passphrase_file: file,
      region: required('region is required'),
      compartments: z.array(z.string().min(1, { error: 'must not be empty' })).optional(),
    },
    needs('auth', 'api_key', ['tenancy', 'user', 'fingerprint', 'key_file']),
    atMostOne('key_passphrase', 'key_passphrase_file'),
  ),
  openstack_sd_configs: plain({
    identity_endpoint: text,
    username: text,
    userid: text,
    password: hidden,
    project_name: text,
    project_id: text,
    domain_name: text,
    domain_id: text,
    application_credential_name: text,
    application_credential_id: text,
    application_credential_secret: hidden,
    role: z.enum(['instance', 'hypervisor', 'loadbalancer']),
    region: required('openstack SD configuration requires a region'),
    refresh_interval: period,
    port: whole,
    all_tenants: flag,
    tls_config: tlsConfigSchema.optional(),
    availability: z.enum(['public', 'internal', 'admin']).optional(),
  }),
  outscale_sd_configs: overHttp(
    {
      endpoint: text,
      region: z.string().min(1, { error: 'outscale SD configuration requires a region' }).optional(),
      access_key: required('outscale SD configuration requires access_key'),
      secret_key: hidden,
      secret_key_file: file,
    },
    oneOf('secret_key', 'secret_key_file'),
  ),
  ovhcloud_sd_configs: plain({
    endpoint: z.string().min(1, { error: 'endpoint can not be empty' }).optional(),
    application_key: required('application key can not be empty'),
    application_secret: required('application secret can not be empty').pipe(secret),
    consumer_key: required('consumer key can not be empty').pipe(secret),
    refresh_interval: period,
    service: z.enum(['dedicated_server', 'vps']),
  }),
  puppetdb_sd_configs: overHttp({ url: httpUrl, query: required('query missing'), include_parameters: flag }),
  scaleway_sd_configs: overHttp(
    {
      project_id: required('project_id is mandatory'),
      api_url: text,
      zone: text,
      access_key: required('access_key is mandatory'),
      secret_key: hidden,
      secret_key_file: file,
      name_filter: text,
      tags_filter: texts,
      role: z.enum(['instance', 'baremetal']),
    },
    oneOf('secret_key', 'secret_key_file'),
  ),
  serverset_sd_configs: plain(zookeeper),
  stackit_sd_configs: overHttp({
    project: text,
    region: text,
    endpoint: url.optional(),
    service_account_key: hidden,
    private_key: hidden,
    service_account_key_path: text,
    private_key_path: text,
    credentials_file_path: text,
  }),
  triton_sd_configs: plain({
    account: required('triton SD configuration requires an account'),
    role: z.enum(['container', 'cn']).optional(),
    dns_suffix: required('triton SD configuration requires a dns_suffix'),
    endpoint: required('triton SD configuration requires an endpoint'),
    groups: texts,
    port: whole,
    refresh_interval: period,
    tls_config: tlsConfigSchema.optional(),
    version: whole,
  }),
  uyuni_sd_configs: overHttp({
    server: required('Uyuni SD configuration requires server host').pipe(url),
    username: required('Uyuni SD configuration requires a username'),
    password: required('Uyuni SD configuration requires a password').pipe(secret),
    entitlement: text,
    separator: text,
  }),
  vultr_sd_configs: overHttp({}),
}

/** Their keys, as they stand in a scrape job. */
export const FOREIGN_KEYS = Object.keys(foreignSdShape) as readonly (keyof typeof foreignSdShape)[]
