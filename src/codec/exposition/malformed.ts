import { BongsuError, defineError } from '../../core/errors.ts'

/** A scrape page that can't be read. Thrown as `MalformedExposition`, which adds the place. */
export const malformedExposition = defineError<{ text: string }>({
  code: 'exposition.malformed',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ text }) => text,
  advice: 'Correct the page of the target: the message shows the line as far as it was understood.',
})

/** Where and why a page stops making sense. The message is the one that Prometheus gives. */
export class MalformedExposition extends BongsuError {
  /** Line of the page, from 1; 0 for binary pages. */
  readonly line: number
  /** Byte of the page, from 0. */
  readonly offset: number

  constructor(text: string, place: { readonly line: number; readonly offset: number }, options?: ErrorOptions) {
    super(malformedExposition.definition, text, options)
    this.line = place.line
    this.offset = place.offset
  }
}

/** The error at `offset` of a text page. */
export function malformedAt(bytes: Uint8Array, offset: number, text: string): MalformedExposition {
  const end = Math.min(offset, bytes.length)
  let line = 1
  for (let at = 0; at < end; at++) if (bytes[at] === 10) line++
  return new MalformedExposition(text, { line, offset: end })
}
