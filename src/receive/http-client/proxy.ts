/** Which proxy, if any, a request goes through. Follows golang.org/x/net/http/httpproxy. */
import { BlockList, isIP } from 'node:net'
import type { HttpClientConfig } from './config.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export type ProxyConfig = Pick<
  HttpClientConfig,
  'proxy_url' | 'no_proxy' | 'proxy_from_environment' | 'proxy_connect_header'
>

/** The URL of the proxy for `url`, or undefined for none. */
export function proxyFor(url: URL, config: ProxyConfig, env: Environment): string | undefined {
  if (config.proxy_from_environment) {
    const secure = url.protocol === 'https:'
    const proxy = secure ? pick(env, 'HTTPS_PROXY') : httpProxyOf(env)
    if (proxy === undefined || bypasses(url, pick(env, 'NO_PROXY') ?? '')) return undefined
    return proxy.includes('://') ? proxy : `http://${proxy}`
  }
  if (config.proxy_url === undefined || config.proxy_url === '') return undefined
  const exceptions = config.no_proxy ?? ''
  return exceptions !== '' && bypasses(url, exceptions) ? undefined : config.proxy_url
}

// In a CGI program HTTP_PROXY may come from a request's header: not to be believed.
function httpProxyOf(env: Environment): string | undefined {
  return pick(env, 'REQUEST_METHOD') === undefined ? pick(env, 'HTTP_PROXY') : undefined
}

function pick(env: Environment, name: string): string | undefined {
  const value = env[name] ?? env[name.toLowerCase()]
  return value === '' ? undefined : value
}

function bypasses(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  if (host === 'localhost' || isLoopback(host)) return true
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && matches(entry, host, port))
}

function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return inNetwork(entry, host)
  if (isIP(entry) !== 0) return entry === host
  const [, name = entry, wanted] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? []
  if (wanted !== undefined && wanted !== port) return false
  const bare = name.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) return bare === host
  const domain = bare.startsWith('*.') ? bare.slice(1) : bare
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`)
}

function inNetwork(entry: string, host: string): boolean {
  const [address = '', bits = ''] = entry.split('/')
  const family = isIP(address)
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
    return false
  }
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  const network = new BlockList()
  network.addSubnet(address, Number(bits), kind)
  return network.check(host, kind)
}
