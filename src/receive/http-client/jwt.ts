import { createSign } from 'node:crypto'
import { messageOf } from '../../core/errors.ts'
import type { UnixMs } from '../../core/time.ts'
import type { HttpClientConfig } from './config.ts'
import { unusableSecret } from './errors.ts'

const LIFETIME_S = 3600

/** A JWT signed with the key (PEM, RSA), as RFC 7523 wants it. Throws `http_client.unusable_secret`. */
export function signedAssertion(config: NonNullable<HttpClientConfig['oauth2']>, key: string, now: UnixMs): string {
  const alg = config.signature_algorithm === '' ? 'RS256' : config.signature_algorithm
  const seconds = Math.floor(now / 1000)
  const header = {
    alg,
    typ: 'JWT',
    ...(config.client_certificate_key_id === undefined ? {} : { kid: config.client_certificate_key_id }),
  }
  const claims = {
    iss: config.iss ?? config.client_id,
    sub: config.client_id,
    aud: config.audience ?? config.token_url,
    scope: config.scopes.join(' '),
    iat: seconds,
    exp: seconds + LIFETIME_S,
    ...config.claims,
  }
  const signed = `${encode(header)}.${encode(claims)}`
  try {
    return `${signed}.${createSign(alg.replace('RS', 'RSA-SHA')).update(signed).sign(key, 'base64url')}`
  } catch (cause) {
    throw unusableSecret({ what: 'client certificate key', detail: messageOf(cause) }, { cause })
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
