import type { Flag } from '../flags.ts'

export const DEFAULT_URL = 'http://127.0.0.1:9095'

export const SERVER_FLAGS: readonly Flag[] = [
  { names: ['--url'], value: 'URL', summary: `the server to ask, with its path prefix (${DEFAULT_URL})` },
  { names: ['--tenant'], value: 'NAME', summary: 'the tenant to ask for, sent as X-Scope-OrgID' },
  { names: ['--header'], value: 'NAME=VALUE', summary: 'a header to send; may be given several times' },
  {
    names: ['--http.config.file'],
    value: 'FILE',
    summary: 'TLS, authentication, proxy: as in a scrape job of Prometheus',
  },
]

/** Whether a word is a server's address rather than a query. */
export function isServer(word: string): boolean {
  return /^https?:\/\//i.test(word)
}
