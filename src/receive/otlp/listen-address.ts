import { parseAddress, printAddress } from '../../core/address.ts'
import type { Address } from '../../core/address.ts'
import { defineError, messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'

/** Where a listener of ours listens, and whether somebody asked for it. */
export interface ListenAddress extends Address {
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

/** `configured`, as the configuration has it: undefined for the default, '' for none. */
export function listenAddress(configured: string | undefined, defaultPort: number): ListenAddress | undefined {
  if (configured === undefined) return { host: '127.0.0.1', port: defaultPort, configured: false }
  const address = parseAddress(configured)
  return address && { ...address, configured: true }
}

/** What to do about a listener that can't listen: a warning for the default address, an error for a configured one. */
export function cannotListenOn(what: string, address: ListenAddress, error: unknown, log: Log): void {
  const reason = messageOf(error)
  if (address.configured) throw cannotListen({ what, address: printAddress(address), reason }, { cause: error })
  log.warn(`${what} does not listen: its default address can't be had`, { address: printAddress(address), reason })
}
