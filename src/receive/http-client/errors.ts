import { redactUrl } from '../../config/url.ts'
import { defineError } from '../../core/errors.ts'

/** The peer could not be reached, or broke off. `detail` is the system's reason in short words. */
export const unreachable = defineError<{ method: string; url: string; detail: string }>({
  code: 'http_client.unreachable',
  status: 502,
  blame: 'operator',
  retry: true,
  message: ({ method, url, detail }) =>
    `${method === 'GET' ? 'Get' : method} ${JSON.stringify(redactUrl(url))}: ${detail}`,
  advice: 'Check the address, that the peer listens there, and TLS, proxy and firewall between.',
})

export const responseTooLarge = defineError<{ limit: number }>({
  code: 'http_client.response_too_large',
  status: 502,
  blame: 'operator',
  retry: true,
  message: ({ limit }) => `the response is larger than ${limit} bytes`,
  advice: 'Raise the limit, or make the peer answer with less.',
})

export const tooManyRedirects = defineError<{ url: string; limit: number }>({
  code: 'http_client.too_many_redirects',
  status: 502,
  blame: 'operator',
  retry: true,
  message: ({ url, limit }) => `Get ${JSON.stringify(redactUrl(url))}: stopped after ${limit} redirects`,
  advice: 'Point the URL to where the redirects end.',
})

/** A file or certificate that the configuration names can't be used. Never holds the content. */
export const unusableSecret = defineError<{ what: string; detail: string }>({
  code: 'http_client.unusable_secret',
  status: 502,
  blame: 'operator',
  retry: true,
  message: ({ what, detail }) => `unable to use ${what}: ${detail}`,
  advice: 'Check that the file exists, is readable and holds what its key says.',
})

export const tokenRefused = defineError<{ url: string; detail: string }>({
  code: 'http_client.token_refused',
  status: 502,
  blame: 'operator',
  retry: true,
  message: ({ url, detail }) => `no OAuth 2.0 token from ${JSON.stringify(redactUrl(url))}: ${detail}`,
  advice: 'Check oauth2.client_id, the secret, scopes and token_url.',
})
