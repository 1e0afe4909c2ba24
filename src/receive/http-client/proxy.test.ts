import { expect, test } from 'vitest'
import { proxyFor } from './proxy.ts'

const PROXY = 'http://proxy:3128'
const rules: [noProxy: string, url: string, want: string | undefined][] = [
  ['', 'http://localhost/', PROXY], // without exceptions even the local host goes through it
  ['x', 'http://localhost/', undefined],
  ['x', 'http://127.0.0.1:9/', undefined],
  ['x', 'http://[::1]/', undefined],
  ['x', 'http://example.org/', PROXY],
  ['*', 'http://example.org/', undefined],
  ['example.org', 'http://example.org/', undefined],
  ['example.org', 'http://a.example.org/', undefined],
  ['example.org', 'http://badexample.org/', PROXY],
  ['.example.org', 'http://example.org/', PROXY],
  ['.example.org', 'http://a.example.org/', undefined],
  ['a, EXAMPLE.org:81', 'http://example.org:81/', undefined],
  ['example.org:81', 'http://example.org/', PROXY],
  ['10.0.0.0/8', 'http://10.1.2.3/', undefined],
  ['10.0.0.0/8', 'http://11.1.2.3/', PROXY],
  ['10.1.2.3', 'http://10.1.2.3:80/', undefined],
  ['fe80::/16', 'http://[fe80::1]/', undefined],
  ['10.0.0.0/99', 'http://10.1.2.3/', PROXY],
]

test.each(rules)('no_proxy "%s" for %s', (no_proxy, url, want) => {
  expect(proxyFor(new URL(url), { proxy_url: PROXY, no_proxy, proxy_from_environment: false }, {})).toBe(want)
})

test('takes the proxy of the scheme from the environment', () => {
  const config = { proxy_from_environment: true }
  const env = { HTTP_PROXY: 'plain:1', https_proxy: 'https://secure:2', NO_PROXY: 'inside' }
  const of = (url: string, given: Record<string, string> = env) => proxyFor(new URL(url), config, given)
  expect(of('http://a/')).toBe('http://plain:1')
  expect(of('https://a/')).toBe('https://secure:2')
  expect(of('https://inside/')).toBeUndefined()
  expect(of('http://a/', {})).toBeUndefined()
  expect(of('http://a/', { ...env, REQUEST_METHOD: 'GET' })).toBeUndefined()
})
