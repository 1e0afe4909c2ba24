import { describe, expect, test } from 'vitest'
import { unescapeLabelName } from './listings.ts'

describe('unescapeLabelName', () => {
  const cases: [name: string, want: string][] = [
    ['job', 'job'],
    ['U__a_2e_b', 'a.b'],
    ['U__a__b', 'a_b'],
    ['U___c774__b984_', '이름'],
    ['U___10ffff_', '\u{10ffff}'],
    ['U___110000_', 'U___110000_'],
    ['U___ffffffff_', 'U___ffffffff_'],
    ['U__a b', 'U__a b'],
  ]
  test.each(cases)('%s is %s', (name, want) => expect(unescapeLabelName(name)).toBe(want))
})
