import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'

const dist = resolve(import.meta.dirname, '../../dist/ui')

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly isDynamicEntry?: boolean
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}

type Manifest = Readonly<Record<string, Chunk>>

const KIB = 1024
const sizes = new Map<string, number>()
const gzipped = (file: string): number => {
  const known = sizes.get(file) ?? gzipSync(readFileSync(join(dist, file))).length
  sizes.set(file, known)
  return known
}

/** Files that a chunk needs before it can run: itself, what it imports, and their styles. */
function filesOf(manifest: Manifest, key: string, seen = new Set<string>()): ReadonlySet<string> {
  const chunk = manifest[key]
  if (chunk === undefined || seen.has(chunk.file)) return seen
  for (const file of [chunk.file, ...(chunk.css ?? [])]) seen.add(file)
  for (const one of chunk.imports ?? []) filesOf(manifest, one, seen)
  return seen
}

const weight = (files: Iterable<string>): number => [...files].reduce((sum, file) => sum + gzipped(file), 0)

describe.skipIf(!existsSync(join(dist, 'index.html')))('the built page', () => {
  const manifest = (): Manifest => JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Manifest
  const entry = (all: Manifest): string => Object.keys(all).find((key) => all[key]?.isEntry === true) ?? ''
  const lazy = (all: Manifest, name: string): ReadonlySet<string> => {
    const key = Object.keys(all).find((one) => one.endsWith(name)) ?? ''
    const shell = filesOf(all, entry(all))
    return new Set([...filesOf(all, key)].filter((file) => !shell.has(file)))
  }

  test('has a shell of at most 260 KiB, compressed', () => {
    const all = manifest()
    const size = weight(filesOf(all, entry(all)))
    expect(size).toBeGreaterThan(100 * KIB)
    expect(size).toBeLessThan(260 * KIB)
  })

  test('loads the editor lazily, with at most 170 KiB', () => {
    const files = lazy(manifest(), 'promql-codemirror.tsx')
    expect(weight(files)).toBeGreaterThan(50 * KIB)
    expect(weight(files)).toBeLessThan(170 * KIB)
  })

  test.each(['parser-diagnostics.ts', 'format.ts', 'query-shape.ts'])(
    'loads the parser for %s after the editor, with at most 80 KiB',
    (name) => {
      const all = manifest()
      const editor = lazy(all, 'promql-codemirror.tsx')
      const files = [...lazy(all, name)].filter((file) => !editor.has(file))
      expect(weight(files)).toBeGreaterThan(30 * KIB)
      expect(weight(files)).toBeLessThan(80 * KIB)
    },
  )

  test.each(['heatmap-view.tsx', 'tree-view.tsx'])('loads %s only when it is looked at', (name) => {
    const all = manifest()
    const page = lazy(all, 'explore-page.tsx')
    const files = [...lazy(all, name)].filter((file) => !page.has(file))
    expect(files.length).toBeGreaterThan(0)
    expect(weight(files)).toBeLessThan(10 * KIB)
  })

  test.each(['explore-page.tsx', 'targets-page.tsx', 'cardinality-page.tsx', 'status-page.tsx'])(
    'loads %s lazily, with at most 120 KiB',
    (name) => {
      const files = lazy(manifest(), name)
      expect(files.size).toBeGreaterThan(0)
      expect(weight(files)).toBeLessThan(120 * KIB)
    },
  )

  test('needs no eval, no inline script, and nothing from elsewhere', () => {
    const html = readFileSync(join(dist, 'index.html'), 'utf8')
    expect(html.match(/<script(?![^>]*\ssrc=)[^>]*>/g)).toBeNull()
    expect(html.match(/(?:src|href)="(?!\.\/)[^"]*"/g)).toBeNull()
    const scripts = readdirSync(join(dist, 'assets')).filter((name) => name.endsWith('.js'))
    const evil = scripts.filter((name) =>
      // A method may be called so: `eval(a,b){`.
      /\bnew Function\(|[^.\w]eval\((?![\w$,]*\)\{)/.test(readFileSync(join(dist, 'assets', name), 'utf8')),
    )
    expect(evil).toEqual([])
    const styles = readdirSync(join(dist, 'assets')).filter((name) => name.endsWith('.css'))
    const foreign = styles.filter((name) =>
      /url\(\s*["']?(?:https?:)?\/\//.test(readFileSync(join(dist, 'assets', name), 'utf8')),
    )
    expect(foreign).toEqual([])
  })
})
