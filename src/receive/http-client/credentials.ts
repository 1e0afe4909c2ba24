import type { HttpClientConfig } from './config.ts'
import { isSensitive } from './redirect.ts'
import { readSecret } from './secret-file.ts'

type Headers = Record<string, string | readonly string[]>

/** The value of the Authorization header from `basic_auth` or `authorization`; files are read anew. Undefined when neither is set. */
export async function authorizationOf(config: HttpClientConfig): Promise<string | undefined> {
  const { basic_auth: basic, authorization } = config
  if (basic !== undefined) {
    const username = await readSecret('username', basic.username, basic.username_file)
    const password = await readSecret('password', basic.password, basic.password_file)
    return basicHeader(username ?? '', password ?? '')
  }
  if (authorization !== undefined) {
    const credentials = await readSecret(
      'authorization credentials',
      authorization.credentials,
      authorization.credentials_file,
    )
    return `${authorization.type} ${credentials ?? ''}`
  }
  return undefined
}

export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}

/**
 * The configured `http_headers`, by lower-case name. For a host to which a redirect led (`foreign`), neither secrets nor
 * headers that carry credentials by nature are among them.
 */
export async function customHeaders(config: HttpClientConfig, foreign: boolean): Promise<Headers> {
  const headers: Headers = {}
  for (const [name, { values, secrets, files }] of Object.entries(config.http_headers ?? {})) {
    if (foreign && (isSensitive(name) || secrets.length > 0 || files.length > 0)) continue
    const all = [...values, ...secrets.map((one) => one.reveal())]
    for (const file of files) all.push((await readSecret(`headers file ${file}`, undefined, file)) ?? '')
    const [only] = all
    if (only !== undefined) headers[name.toLowerCase()] = all.length === 1 ? only : all
  }
  return headers
}
