import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'
import { describe, expect, test } from 'vitest'
import { en } from '../../ui/src/i18n/en/en.ts'

const src = resolve(import.meta.dirname, '../../ui/src')
const all = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))
const files = all.filter((name) => name.endsWith('.tsx'))

/** Attributes that people read or hear. */
const SPOKEN = new Set(['title', 'label', 'placeholder', 'aria-label', 'description', 'alt', 'hint'])
/** Names are the same in every language. */
const NAMES = new Set(['Bongsu'])

interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

/** Paths of all texts of a catalogue. */
function leaves(tree: object, prefix = ''): readonly string[] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? leaves(value, `${prefix}${key}.`) : [prefix + key],
  )
}

/** Texts with letters that stand in JSX instead of in a catalogue. */
function hardCoded(node: Node, found: string[]): void {
  const wordy = (text: unknown): text is string => typeof text === 'string' && /\p{L}{2}/u.test(text)
  if (node.type === 'JSXText' && wordy(node['value'])) found.push(node['value'].trim())
  if (node.type === 'JSXAttribute') {
    const name = (node['name'] as { name?: unknown } | undefined)?.name
    const value = node['value'] as { type?: string; value?: unknown } | null
    if (SPOKEN.has(String(name)) && value?.type === 'Literal' && wordy(value.value)) found.push(value.value)
  }
  for (const child of Object.values(node))
    for (const one of Array.isArray(child) ? (child as unknown[]) : [child]) if (isNode(one)) hardCoded(one, found)
}

describe('texts of the page', () => {
  test('are all in the catalogues', () => {
    const wrong = files.flatMap((file) => {
      const found: string[] = []
      hardCoded(parseSync(file, readFileSync(join(src, file), 'utf8')).program as unknown as Node, found)
      return found.filter((text) => !NAMES.has(text)).map((text) => `${file}: ${text}`)
    })
    expect(files.length).toBeGreaterThan(30)
    expect(wrong).toEqual([])
  })

  test('the check sees texts in elements and attributes, and nothing else', () => {
    const found: string[] = []
    const code = 'const x = <a title="Read me" className="some name">Hello {t("a.b")} – </a>'
    hardCoded(parseSync('x.tsx', code).program as unknown as Node, found)
    expect(found.sort()).toEqual(['Hello', 'Read me'])
  })

  test('of the catalogues are all in use', () => {
    const code = all
      .filter((file) => !file.startsWith('i18n'))
      .map((file) => readFileSync(join(src, file), 'utf8'))
      .join('\n')
    // Keys made of a part that varies: t(`nav.${id}`).
    const families = [...code.matchAll(/\bt\(`([\w.]+)\.\$\{/g)].map(([, family]) => `${family}.`)
    const used = (key: string): boolean =>
      code.includes(`'${key}'`) ||
      families.some((family) => key.startsWith(family) && !key.slice(family.length).includes('.'))
    const keys = leaves(en).map((key) => key.replace(/_(one|other)$/, ''))
    expect(families.length).toBeGreaterThan(5)
    expect(keys.filter((key) => !used(key))).toEqual([])
  })
})
