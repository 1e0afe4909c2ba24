/**
 * Tokens of PromQL as an editor needs them: of any text, however unfinished. What is right and what is wrong is the parser's
 * word (src/query/promql/syntax); this only tells strings from names.
 */
export type EditorTokenKind = 'comment' | 'string' | 'number' | 'word' | 'sign'

export interface EditorToken {
  readonly kind: EditorTokenKind
  readonly start: number
  readonly end: number
  readonly text: string
  /** False for a string without its closing quote. */
  readonly closed: boolean
}

const TOKEN =
  /(#[^\n]*)|("(?:[^"\\\n]|\\.)*(?:"|\\?$|\\?(?=\n))|'(?:[^'\\\n]|\\.)*(?:'|\\?$|\\?(?=\n))|`[^`]*(?:`|$))|(0[xX][\da-fA-F]*|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:(?:ms|[smhdwy])(?:\d+(?:ms|[smhdwy]))*)?)|((?:[a-zA-Z_]|:[a-zA-Z_:])[\w:]*)|(=~|!~|!=|==|>=|<=|<\/|>\/|\S)/g

const KINDS: readonly EditorTokenKind[] = ['comment', 'string', 'number', 'word', 'sign']

export function editorTokens(text: string): readonly EditorToken[] {
  return [...text.matchAll(TOKEN)].map((match) => {
    const [whole, ...groups] = match
    const kind = KINDS[groups.findIndex((group) => group !== undefined)] ?? 'sign'
    const closed = kind !== 'string' || (whole.length > 1 && whole.endsWith(whole.charAt(0)) && !isEscaped(whole))
    return { kind, start: match.index, end: match.index + whole.length, text: whole, closed }
  })
}

/** True when the last character has an odd number of backslashes before it. */
function isEscaped(text: string): boolean {
  if (text.startsWith('`')) return false
  return (/\\*$/.exec(text.slice(0, -1))?.[0].length ?? 0) % 2 === 1
}

export const GROUPING_WORDS: ReadonlySet<string> = new Set([
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
])
