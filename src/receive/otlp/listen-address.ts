import { defineError, messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'

/** Where a listener of ours listens, and whether somebody asked for it. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
  /** True: a taken port is an error. False: it is our default, and somebody else may have been here first. */
  readonly configured: boolean
}

export const cannotListen = defineError<{ what: string; address: string; reason: string }>({
  code: 'otlp.cannot_listen',
  status: 500,
  blame: 'operator',
  retry: false,
  message: ({ what, address, reason }) => `${what} can't listen on ${address}: ${reason}`,
  advice: 'Free the address, or set another one (or none) in the section otlp_receiver.',
})

/** `configured` is undefined for the default, '' for none. */
export function listenAddress(configured: string | undefined, defaultPort: number): ListenAddress | undefined {
  if (configured === undefined) return { host: '127.0.0.1', port: defaultPort, configured: false }
  if (configured === '') return undefined
  const colon = configured.lastIndexOf(':')
  const host = configured.slice(0, colon).replace(/^\[(.*)\]$/, '$1')
  return { host: host === '' ? '0.0.0.0' : host, port: Number(configured.slice(colon + 1)), configured: true }
}

/** `host:port`, with brackets around an IPv6 address. */
export function printAddress({ host, port }: Pick<ListenAddress, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** What to do about a listener that can't listen: a warning for the default address, an error for a configured one. */
export function cannotListenOn(what: string, address: ListenAddress, error: unknown, log: Log): void {
  const reason = messageOf(error)
  if (address.configured) throw cannotListen({ what, address: printAddress(address), reason }, { cause: error })
  log.warn(`${what} does not listen: its default address can't be had`, { address: printAddress(address), reason })
}
