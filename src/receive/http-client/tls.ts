/** TLS settings of a client, from texts or files; the files are read anew, so that renewed certificates are taken up. */
import type { ConnectionOptions, SecureVersion } from 'node:tls'
import type { TlsConfig } from './config.ts'
import { readText } from './secret-file.ts'

/** What a connection is made with. Two materials with equal `key` make equal connections. */
export interface TlsMaterial {
  readonly key: string
  readonly options: TlsOptions
}

export type TlsOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized' | 'minVersion' | 'maxVersion'
>

const VERSIONS: Readonly<Record<string, SecureVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
}

/** Reads the material as it is now. Throws `http_client.unusable_secret` for a file that can't be read. */
export async function loadTls(config: TlsConfig): Promise<TlsMaterial> {
  const ca = await pem('CA certificate', config.ca, config.ca_file)
  const cert = await pem('client certificate', config.cert, config.cert_file)
  const key = await pem('client key', config.key?.reveal(), config.key_file)
  const min = VERSIONS[config.min_version ?? '']
  const max = VERSIONS[config.max_version ?? '']
  const options: TlsOptions = {
    rejectUnauthorized: !config.insecure_skip_verify,
    minVersion: min ?? 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(isSet(config.server_name) ? { servername: config.server_name } : {}),
    ...(max === undefined ? {} : { maxVersion: max }),
  }
  return { key: [ca, cert, key].join('\u0000'), options }
}

async function pem(what: string, text: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (isSet(file)) return readText(what, file)
  return isSet(text) ? text : undefined
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
