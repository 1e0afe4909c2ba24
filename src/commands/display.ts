/** Text in the cells of a terminal: CJK letters take two, marks on letters none. */

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const NONE = /[\p{Mn}\p{Me}\p{Cf}]/u
/** What would act on the terminal instead of being shown. */
const CONTROL = /\p{Cc}/gu

/** The cells that `text` takes. */
export function widthOf(text: string): number {
  let width = 0
  for (const char of text) width += WIDE.test(char) ? 2 : NONE.test(char) ? 0 : 1
  return width
}

/** Control characters as escapes, so that a label's value can't change the terminal. */
export function shown(text: string): string {
  return text.replaceAll(CONTROL, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

export interface Column {
  readonly title: string
  /** Numbers stand at the right. */
  readonly right?: boolean
}

/** A table with two spaces between columns; no line ends in a space. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ title }) => title), ...rows].map((row) => row.map(shown))
  const widths = columns.map((_, i) => lines.reduce((widest, row) => Math.max(widest, widthOf(row[i] ?? '')), 0))
  return lines
    .map((row) => {
      const cells = columns.map(({ right }, i) => padded(row[i] ?? '', widths[i] ?? 0, right === true))
      return `${cells.join('  ').trimEnd()}\n`
    })
    .join('')
}

function padded(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return right ? space + text : text + space
}
