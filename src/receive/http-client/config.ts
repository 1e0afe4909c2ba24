/**
 * How to talk to an HTTP peer: authentication, TLS, proxies, headers. The keys stand directly in a scrape job, in a discovery
 * entry and so on (`...httpClientShape`). Follows HTTPClientConfig, prometheus/common/config/http_config.go.
 */
import { z } from 'zod'
import { filePath, secret, url as urlText } from '../../config/values.ts'
import type { Secret } from '../../config/secret.ts'

/** Prometheus' name of a secret that a manager of secrets holds. */
const reference = z
  .string()
  .optional()
  .meta({ notActedOn: { why: 'not acted on yet: there is no secret manager to ask; use the key that ends in _file' } })

const tlsVersion = z.enum(['TLS10', 'TLS11', 'TLS12', 'TLS13'])

export const tlsConfigSchema = z
  .strictObject({
    ca: z.string().optional().describe('CA certificate in PEM that the server is checked with'),
    ca_file: filePath.optional().describe('file with the CA certificate'),
    ca_ref: reference.describe('name of the CA certificate in a secret manager'),
    cert: z.string().optional().describe('client certificate in PEM'),
    cert_file: filePath.optional().describe('file with the client certificate'),
    cert_ref: reference.describe('name of the client certificate in a secret manager'),
    key: secret.optional().describe('client key in PEM'),
    key_file: filePath.optional().describe('file with the client key'),
    key_ref: reference.describe('name of the client key in a secret manager'),
    server_name: z.string().optional().describe('name that the certificate of the server must carry'),
    insecure_skip_verify: z.boolean().prefault(false).describe('take any certificate of the server'),
    min_version: tlsVersion.optional().describe('lowest TLS version'),
    max_version: tlsVersion.optional().describe('highest TLS version'),
  })
  .superRefine((tls, ctx) => {
    atMostOne(ctx, tls, ['ca', 'ca_file', 'ca_ref'])
    atMostOne(ctx, tls, ['cert', 'cert_file', 'cert_ref'])
    atMostOne(ctx, tls, ['key', 'key_file', 'key_ref'])
    const hasCert = firstSet(tls, ['cert', 'cert_file', 'cert_ref'])
    const hasKey = firstSet(tls, ['key', 'key_file', 'key_ref'])
    if (hasCert !== undefined && hasKey === undefined) {
      report(
        ctx,
        [hasCert],
        'exactly one of key or key_file must be configured when a client certificate is configured',
      )
    }
    if (hasKey !== undefined && hasCert === undefined) {
      report(ctx, [hasKey], 'exactly one of cert or cert_file must be configured when a client key is configured')
    }
    if (tls.min_version !== undefined && tls.max_version !== undefined && tls.max_version < tls.min_version) {
      report(ctx, ['max_version'], 'max_version must not be lower than min_version')
    }
  })
export type TlsConfig = z.output<typeof tlsConfigSchema>

const proxyShape = {
  proxy_url: urlText.optional().describe('proxy to go through'),
  no_proxy: z.string().optional().describe('hosts, domains, addresses and networks that are reached without the proxy'),
  proxy_from_environment: z.boolean().prefault(false).describe('take the proxy from HTTP_PROXY, HTTPS_PROXY, NO_PROXY'),
  proxy_connect_header: z
    .record(z.string(), z.array(secret))
    .optional()
    .describe('headers to send to the proxy with CONNECT'),
}
type ProxyConfig = z.output<z.ZodObject<typeof proxyShape>>

export const basicAuthSchema = z
  .strictObject({
    username: z.string().optional().describe('user name'),
    username_file: filePath.optional().describe('file with the user name'),
    username_ref: reference.describe('name of the user name in a secret manager'),
    password: secret.optional().describe('password'),
    password_file: filePath.optional().describe('file with the password, read anew for each request'),
    password_ref: reference.describe('name of the password in a secret manager'),
  })
  .superRefine((auth, ctx) => {
    atMostOne(ctx, auth, ['username', 'username_file', 'username_ref'], 'basic_auth ')
    atMostOne(ctx, auth, ['password', 'password_file', 'password_ref'], 'basic_auth ')
  })

export const authorizationSchema = z
  .strictObject({
    type: z.string().prefault('Bearer').describe('scheme of the Authorization header'),
    credentials: secret.optional().describe('what follows the scheme'),
    credentials_file: filePath.optional().describe('file with the credentials, read anew for each request'),
    credentials_ref: reference.describe('name of the credentials in a secret manager'),
  })
  .superRefine((auth, ctx) => {
    atMostOne(ctx, auth, ['credentials', 'credentials_file', 'credentials_ref'], 'authorization ')
    if (auth.type.trim().toLowerCase() === 'basic') {
      report(ctx, ['type'], 'authorization type cannot be set to "basic", use "basic_auth" instead')
    }
  })
  .transform((auth) => ({ ...auth, type: auth.type.trim() === '' ? 'Bearer' : auth.type.trim() }))

/** Grant of RFC 7523: a signed JWT instead of a client secret. */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

export const oauth2Schema = z
  .strictObject({
    client_id: z.string({ error: 'oauth2 client_id must be configured' }).describe('client id'),
    client_secret: secret.optional().describe('client secret'),
    client_secret_file: filePath.optional().describe('file with the client secret'),
    client_secret_ref: reference.describe('name of the client secret in a secret manager'),
    client_certificate_key_id: z.string().optional().describe('id of the key that signs the JWT'),
    client_certificate_key: secret.optional().describe('key that signs the JWT, in PEM'),
    client_certificate_key_file: filePath.optional().describe('file with the key that signs the JWT'),
    client_certificate_key_ref: reference.describe('name of that key in a secret manager'),
    grant_type: z.string().prefault('client_credentials').describe(`client_credentials or ${JWT_BEARER}`),
    signature_algorithm: z.string().prefault('RS256').describe('RS256, RS384 or RS512'),
    iss: z.string().optional().describe('issuer in the JWT; the client id by default'),
    audience: z.string().optional().describe('audience in the JWT; the token URL by default'),
    claims: z.record(z.string(), z.unknown()).optional().describe('further claims of the JWT'),
    scopes: z.array(z.string()).prefault([]).describe('scopes to ask for'),
    token_url: z
      .string({ error: 'oauth2 token_url must be configured' })
      .meta({ url: true })
      .describe('where tokens are had'),
    endpoint_params: z.record(z.string(), z.string()).prefault({}).describe('further parameters of the token request'),
    tls_config: tlsConfigSchema.prefault({}).describe('TLS towards the token URL'),
    ...proxyShape,
  })
  .superRefine((oauth, ctx) => {
    if (oauth.client_id === '') report(ctx, ['client_id'], 'oauth2 client_id must be configured')
    if (oauth.token_url === '') report(ctx, ['token_url'], 'oauth2 token_url must be configured')
    if (oauth.grant_type === JWT_BEARER) {
      const keys = ['client_certificate_key', 'client_certificate_key_file', 'client_certificate_key_ref'] as const
      atMostOne(ctx, oauth, keys, 'oauth2 ')
      if (!['', 'RS256', 'RS384', 'RS512'].includes(oauth.signature_algorithm)) {
        report(ctx, ['signature_algorithm'], 'must be RS256, RS384 or RS512')
      }
    } else {
      atMostOne(ctx, oauth, ['client_secret', 'client_secret_file', 'client_secret_ref'], 'oauth2 ')
    }
    checkProxy(oauth, ctx)
  })

/** Headers that a client sets itself, in lower case. Follows ReservedHeaders, prometheus/common/config/headers.go. */
const RESERVED_HEADERS = new Set(
  (
    'authorization host content-encoding content-length content-type user-agent connection keep-alive ' +
    'proxy-authenticate proxy-authorization www-authenticate accept-encoding x-prometheus-remote-write-version ' +
    'x-prometheus-remote-read-version x-prometheus-scrape-timeout-seconds x-amz-date x-amz-security-token ' +
    'x-amz-content-sha256'
  ).split(' '),
)

const httpHeadersSchema = z
  .record(
    z.string(),
    z.strictObject({
      values: z.array(z.string()).prefault([]).describe('values of the header'),
      secrets: z.array(secret).prefault([]).describe('values that are never shown'),
      files: z.array(filePath).prefault([]).describe('files with a value each'),
    }),
  )
  .superRefine((headers, ctx) => {
    for (const name of Object.keys(headers)) {
      if (RESERVED_HEADERS.has(name.toLowerCase()))
        report(ctx, [name], `setting header ${JSON.stringify(name)} is not allowed`)
    }
  })

/** To be given its default: upstream's differ. */
export const http2 = z
  .boolean()
  .meta({ notActedOn: { why: 'not acted on yet: requests go over HTTP/1.1', except: false } })

/** The keys, to be spread into the object that they stand in; its schema ends in `.superRefine(checkHttpClient)`. */
export const httpClientShape = {
  basic_auth: basicAuthSchema.optional().describe('user name and password'),
  authorization: authorizationSchema.optional().describe('Authorization header'),
  oauth2: oauth2Schema.optional().describe('token of an OAuth 2.0 server'),
  bearer_token: secret.optional().describe('deprecated: authorization.credentials'),
  bearer_token_file: filePath.optional().describe('deprecated: authorization.credentials_file'),
  tls_config: tlsConfigSchema.prefault({}).describe('TLS'),
  follow_redirects: z.boolean().prefault(true).describe('follow redirects; credentials do not cross to another host'),
  enable_http2: http2.prefault(true).describe('use HTTP/2 where the server can'),
  ...proxyShape,
  http_headers: httpHeadersSchema.optional().describe('headers to send with each request'),
}

type Shape = z.output<z.ZodObject<typeof httpClientShape>>

/** As parsed: the deprecated bearer tokens have become `authorization`. */
export type HttpClientConfig = Omit<Shape, 'bearer_token' | 'bearer_token_file'>

/** What must hold between the keys; refuses what HTTPClientConfig.Validate refuses. */
export function checkHttpClient(config: Shape, ctx: z.RefinementCtx): void {
  const bearer = firstSet(config, ['bearer_token', 'bearer_token_file'])
  atMostOne(ctx, config, ['bearer_token', 'bearer_token_file'])
  if (bearer !== undefined && (config.basic_auth !== undefined || config.oauth2 !== undefined)) {
    report(ctx, [bearer], 'at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured')
  }
  if (bearer !== undefined && config.authorization !== undefined) {
    report(ctx, [bearer], 'authorization is not compatible with bearer_token & bearer_token_file')
  }
  atMostOne(ctx, config, ['basic_auth', 'oauth2', 'authorization'])
  checkProxy(config, ctx)
}

/** Folds the deprecated `bearer_token(_file)` into `authorization`. */
export function foldBearerToken<C extends Shape>(config: C): Omit<C, 'bearer_token' | 'bearer_token_file'> {
  const { bearer_token: token, bearer_token_file: file, ...rest } = config
  if (rest.authorization !== undefined) return rest
  if (isSet(token)) return { ...rest, authorization: { type: 'Bearer', credentials: token } }
  if (isSet(file)) return { ...rest, authorization: { type: 'Bearer', credentials_file: file } }
  return rest
}

export const httpClientSchema = z.strictObject(httpClientShape).superRefine(checkHttpClient).transform(foldBearerToken)

function checkProxy(config: ProxyConfig, ctx: z.RefinementCtx): void {
  const { proxy_from_environment: fromEnvironment } = config
  const url = isSet(config.proxy_url)
  if (Object.keys(config.proxy_connect_header ?? {}).length > 0 && !fromEnvironment && !url) {
    const rule = 'if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured'
    report(ctx, ['proxy_connect_header'], rule)
  }
  if (fromEnvironment && url) {
    report(ctx, ['proxy_url'], 'if proxy_from_environment is configured, proxy_url must not be configured')
  }
  if (fromEnvironment && isSet(config.no_proxy)) {
    report(ctx, ['no_proxy'], 'if proxy_from_environment is configured, no_proxy must not be configured')
  }
  if (!fromEnvironment && !url && isSet(config.no_proxy)) {
    report(ctx, ['no_proxy'], 'if no_proxy is configured, proxy_url must also be configured')
  }
}

/** As upstream, an empty text counts as left out. */
function isSet<T>(value: T | undefined): value is T {
  if (value === undefined || value === '') return false
  return !(
    typeof value === 'object' &&
    value !== null &&
    'reveal' in value &&
    (value as unknown as Secret).reveal() === ''
  )
}

function firstSet<C extends object, K extends keyof C>(config: C, keys: readonly K[]): K | undefined {
  return keys.find((key) => isSet(config[key]))
}

function atMostOne<C extends object>(
  ctx: z.RefinementCtx,
  config: C,
  keys: readonly (keyof C & string)[],
  of = '',
): void {
  const set = keys.filter((key) => isSet(config[key]))
  const [, second] = set
  if (second !== undefined) report(ctx, [second], `at most one of ${of}${listed(keys)} must be configured`)
}

function listed(keys: readonly string[]): string {
  return `${keys.slice(0, -1).join(', ')} & ${keys.at(-1) ?? ''}`
}

function report(ctx: z.RefinementCtx, path: string[], message: string): void {
  ctx.addIssue({ code: 'custom', path, message })
}
