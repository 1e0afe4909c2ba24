import type { Matcher } from '../../../model/matcher.ts'
import { compileLabelRegexp } from '../../../model/regexp.ts'

/** True when every matcher accepts the empty value: such a selector chooses every series. */
export function choosesAll(matchers: readonly Matcher[]): boolean {
  return matchers.every(matchesEmpty)
}

function matchesEmpty({ op, value }: Matcher): boolean {
  switch (op) {
    case '=':
      return value === ''
    case '!=':
      return value !== ''
    case '=~':
      return compileLabelRegexp(value).test('')
    case '!~':
      return !compileLabelRegexp(value).test('')
  }
}
