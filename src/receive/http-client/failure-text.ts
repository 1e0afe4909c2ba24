import { printAddress } from '../../core/address.ts'
import { BongsuError, messageOf } from '../../core/errors.ts'

/** The words that people know from Go's network errors, and search for. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'temporary failure in name resolution',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
  EPIPE: 'broken pipe',
  ENOENT: 'no such file or directory',
  UND_ERR_SOCKET: 'EOF',
}

interface SystemError {
  readonly code?: string
  readonly address?: string
  readonly port?: number
  readonly hostname?: string
  readonly errors?: readonly SystemError[]
}

/** Says in short what went wrong on the network; undefined for an error that already speaks for itself. */
export function failureText(error: unknown): string | undefined {
  if (error instanceof BongsuError) return undefined
  // A host with several addresses fails with one error for each.
  const inner = (error as SystemError).errors?.[0]
  const { code = '', address, port, hostname } = inner ?? (error as SystemError)
  const words = WORDS[code]
  if (words === undefined) return messageOf(error)
  const where =
    address === undefined || port === undefined ? (address ?? hostname) : printAddress({ host: address, port })
  return where === undefined ? words : `dial ${where}: ${words}`
}
