import { describe, expect, test } from 'vitest'
import { chooseLanguage } from './catalogue.ts'
import { en } from './en/en.ts'
import { ko } from './ko/ko.ts'

type Tree = { readonly [key: string]: string | Tree }

/** `path -> text` of every leaf, with plural endings taken off. */
function leaves(tree: Tree, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set((prefix + key).replace(/_(one|other)$/, ''), value)
    else for (const [path, text] of leaves(value, `${prefix}${key}.`)) found.set(path, text)
  }
  return found
}

const english = leaves(en)
const korean = leaves(ko)
const slots = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '').sort()

describe('catalogues', () => {
  test('have the same keys', () => {
    expect([...korean.keys()].sort()).toEqual([...english.keys()].sort())
    expect(english.size).toBeGreaterThan(100)
  })

  test('fill the same slots', () => {
    const wrong = [...english].filter(([path, text]) => slots(text).join() !== slots(korean.get(path) ?? '').join())
    expect(wrong).toEqual([])
  })

  test('have no empty text, and Korean is Korean but for names and numbers', () => {
    const same = [...english].filter(([path, text]) => korean.get(path) === text).map(([path]) => path)
    expect([...english.values(), ...korean.values()].filter((text) => text.trim() === '')).toEqual([])
    expect(same.sort()).toEqual([
      'cardinality.matchPlaceholder',
      'explore.result.took',
      'explore.tree.ms',
      'status.node',
    ])
  })

  test('no Korean text glues a particle to a slot, whose last sound is unknown', () => {
    const glued = /\}\}(은|는|이|가|을|를|과|와|으로|로)(?=[\s.,]|$)/
    expect([...korean].filter(([, text]) => glued.test(text))).toEqual([])
  })
})

describe('language', () => {
  const cases: [name: string, stored: string | null, browser: string[], want: string][] = [
    ['takes the stored one first', 'en', ['ko-KR'], 'en'],
    ['takes the first of the browser that there is', null, ['fr-FR', 'ko-KR', 'en'], 'ko'],
    ['is English otherwise', null, ['fr-FR'], 'en'],
    ['ignores what was never a language', 'xx', [], 'en'],
  ]
  test.each(cases)('%s', (_, stored, browser, want) => {
    expect(chooseLanguage(stored, browser)).toBe(want)
  })
})
