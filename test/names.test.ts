/** Exported names of src/ use the field's terms and none of the empty words (docs/glossary.md). */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../src')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test)\.ts$/.test(file))

/** Words that say nothing, and synonyms of terms that have one word here. */
const FORBIDDEN = new Set(
  'util utils helper helpers common misc impl handler2 tag tags datapoint payload org team transaction'.split(' '),
)

const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_.-]+/)
const exportsOf = (file: string): readonly string[] =>
  parseSync(file, readFileSync(join(root, file), 'utf8')).module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ exportName }) => exportName.name ?? []),
  )

test('names are taken apart into words', () => {
  expect(wordsOf('StringUtil')).toEqual(['string', 'util'])
  expect(wordsOf('MAX_TAGS')).toEqual(['max', 'tags'])
  expect(wordsOf('http-helper.ts')).toEqual(['http', 'helper', 'ts'])
})

test('no file and no export has a forbidden word in its name', () => {
  const names = files.flatMap((file) => [basename(file), ...exportsOf(file)].map((name) => [file, name] as const))
  expect(names.length).toBeGreaterThan(500)
  expect(names.filter(([, name]) => wordsOf(name).some((word) => FORBIDDEN.has(word)))).toEqual([])
})
