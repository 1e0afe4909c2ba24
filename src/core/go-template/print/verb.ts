/** One `%...` of a format. */
export interface Verb {
  readonly char: string
  readonly minus: boolean
  readonly plus: boolean
  readonly sharp: boolean
  readonly space: boolean
  readonly zero: boolean
  readonly width: number | undefined
  readonly precision: number | undefined
}

/** `%v` without more. */
export const PLAIN_VERB: Verb = {
  char: 'v',
  minus: false,
  plus: false,
  sharp: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined,
}

/** Fills up to the verb's width, counted in characters. */
export function padded(text: string, { width, minus, zero }: Verb): string {
  if (width === undefined) return text
  const missing = width - Array.from(text).length
  if (missing <= 0) return text
  if (minus) return text + ' '.repeat(missing)
  return (zero ? '0' : ' ').repeat(missing) + text
}
