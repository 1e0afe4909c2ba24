/** Number and character constants. Follows newNumber of Go's text/template/parse. */
import { parseGoFloat } from '../../go-number.ts'
import { quote } from '../../go-text.ts'
import { isLiteral, unquote } from '../../go-unquote.ts'
import type { NumberValue } from './nodes.ts'

const MAX_INT = 2n ** 63n - 1n
const MAX_UINT = 2n ** 64n - 1n
const INTEGER = /^([+-]?)(?:(0[xX](?:_?[\da-fA-F])+)|0[oO]?((?:_?[0-7])+)|(0[bB](?:_?[01])+)|(0|[1-9](?:_?\d)*))$/

/** The number, or what is wrong with it in Go's words. */
export function readConstant(text: string): NumberValue | string {
  if (text.startsWith("'")) return readCharacter(text)
  const { int, uint } = readInteger(text)
  if (int !== undefined) return { int, uint, float: Number(int), ideal: isFloatText(text) ? Number(int) : int }
  if (uint !== undefined) return { int, uint, float: Number(uint), ideal: undefined }
  const float = parseGoFloat(text)
  if (typeof float === 'string' || /^[+-]?[in]/i.test(text)) return `illegal number syntax: ${quote(text)}`
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quote(text)}`
  const whole = Number.isInteger(float) ? BigInt(float) : undefined
  return { int: fits(whole, -MAX_INT - 1n, MAX_INT), uint: fits(whole, 0n, MAX_UINT), float, ideal: float }
}

function readCharacter(text: string): NumberValue | string {
  if (text === "''") return 'invalid syntax'
  if (!isLiteral(text)) return text.startsWith("'\\") ? 'invalid syntax' : `malformed character constant: ${text}`
  const code = unquote(text).codePointAt(0) ?? 0
  return { int: BigInt(code), uint: BigInt(code), float: code, ideal: BigInt(code) }
}

function readInteger(text: string): { readonly int: bigint | undefined; readonly uint: bigint | undefined } {
  const [, sign, hexadecimal, octal, binary, decimal] = INTEGER.exec(text) ?? []
  if (sign === undefined) return { int: undefined, uint: undefined }
  const digits = (hexadecimal ?? binary ?? (octal === undefined ? (decimal ?? '') : `0o${octal}`)).replaceAll('_', '')
  const size = BigInt(digits)
  const int = fits(sign === '-' ? -size : size, -MAX_INT - 1n, MAX_INT)
  return { int, uint: sign === '' || int === 0n ? fits(size, 0n, MAX_UINT) : undefined }
}

function fits(value: bigint | undefined, from: bigint, to: bigint): bigint | undefined {
  return value !== undefined && value >= from && value <= to ? value : undefined
}

/** Digits of hexadecimal integers may look like exponents. */
function isFloatText(text: string): boolean {
  return /[.eEpP]/.test(text) && !(/^[+-]?0[xX]/.test(text) && !/[pP]/.test(text))
}
