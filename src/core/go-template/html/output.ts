import { sprint } from '../print/values.ts'
import { indirect, rawOf, typeOf } from '../value.ts'
import type { GoValue } from '../value.ts'
import { SAFE_HTML } from '../html-value.ts'
import type { Output } from '../run/frame.ts'

const ESCAPED: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  '&': '&amp;',
  "'": '&#39;',
  '+': '&#43;',
  '<': '&lt;',
  '>': '&gt;',
}

/** Escapes each value for where it stands. Follows html/template. */
export class HtmlOutput implements Output {
  result = ''

  get length(): number {
    return this.result.length
  }

  text(text: string): void {
    this.result += text
  }

  value(value: GoValue): void {
    const { value: shown } = indirect(value)
    if (shown === undefined || shown === null) return
    if (typeOf(shown) === SAFE_HTML) this.result += rawOf(shown) as string
    else this.result += sprint([shown]).replaceAll(/[\0"&'+<>]/g, (char) => ESCAPED[char] ?? char)
  }
}
