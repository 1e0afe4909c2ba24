/** What an error or an annotation must say: exactly that, or something that the expression finds. */
export type TextPattern =
  | { readonly kind: 'anything' }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'regex'; readonly regex: RegExp }

export const ANYTHING: TextPattern = { kind: 'anything' }

export function matchesText(pattern: TextPattern, text: string): boolean {
  switch (pattern.kind) {
    case 'anything':
      return true
    case 'message':
      return pattern.text === text
    case 'regex':
      return pattern.regex.test(text)
  }
}

export function showPattern(pattern: TextPattern): string {
  switch (pattern.kind) {
    case 'anything':
      return 'anything'
    case 'message':
      return `message ${JSON.stringify(pattern.text)}`
    case 'regex':
      return `pattern ${pattern.regex.source}`
  }
}
