import { defineError } from '../../core/errors.ts'

/** A request body that is no OTLP message; `where` is a JSON path or a byte offset with the reason. */
export const otlpUndecodable = defineError<{ encoding: string; where: string }>({
  code: 'codec.otlp_undecodable',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ encoding, where }) => `the body is not an OTLP request in ${encoding}: ${where}`,
  advice: 'Send the Export*ServiceRequest of the endpoint, in the encoding that Content-Type names.',
})
