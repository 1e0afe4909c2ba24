/** Which message a remote write request carries. Follows the remote write 1.0 and 2.0 specifications, "Protocol". */
import type { WriteVersion } from '../../codec/remote-write/walk.ts'
import { defineError } from '../../core/errors.ts'

export const badContentType = defineError<{ got: string }>({
  code: 'remote_write.unsupported_content_type',
  status: 415,
  blame: 'caller',
  retry: false,
  message: ({ got }) => `content type "${got}" is not supported here`,
  advice: 'Send application/x-protobuf, with proto=io.prometheus.write.v2.Request for remote write 2.0.',
})

export const badContentEncoding = defineError<{ got: string }>({
  code: 'remote_write.unsupported_encoding',
  status: 415,
  blame: 'caller',
  retry: false,
  message: ({ got }) => `content encoding "${got}" is not supported here`,
  advice: "Compress the body with snappy's block format.",
})

const MESSAGES: Readonly<Record<string, WriteVersion>> = {
  'prometheus.WriteRequest': 1,
  'io.prometheus.write.v2.Request': 2,
}

/** The version that the headers name. The oldest senders name nothing and mean 1.0 in snappy. Throws `remote_write.unsupported_*`. */
export function negotiate(headers: {
  readonly 'content-type'?: string | undefined
  readonly 'content-encoding'?: string | undefined
}): WriteVersion {
  const version = versionOf(headers['content-type'] ?? '')
  if (version === undefined) throw badContentType({ got: (headers['content-type'] ?? '').slice(0, 200) })
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase()
  if (encoding !== '' && encoding !== 'snappy') throw badContentEncoding({ got: encoding.slice(0, 50) })
  return version
}

function versionOf(contentType: string): WriteVersion | undefined {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim())
  if (type === '') return 1
  if (type.toLowerCase() !== 'application/x-protobuf') return undefined
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=', 2).map((part) => part.trim())
    if (name.toLowerCase() === 'proto') return MESSAGES[value.replace(/^"(.*)"$/, '$1')]
  }
  return 1
}
