import type { Matcher } from '../../../model/matcher.ts'
import { compileLabelRegexp } from '../../../model/regexp.ts'

/** Whether a label's value ('' = absent) meets the matcher. Its expression compiles: the parser has seen to that. */
export function labelTest({ op, value }: Matcher): (value: string) => boolean {
  switch (op) {
    case '=':
      return (one) => one === value
    case '!=':
      return (one) => one !== value
    case '=~': {
      const regexp = compileLabelRegexp(value)
      return (one) => regexp.test(one)
    }
    case '!~': {
      const regexp = compileLabelRegexp(value)
      return (one) => !regexp.test(one)
    }
  }
}
