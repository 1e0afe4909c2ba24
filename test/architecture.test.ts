import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'
import { describe, expect, test } from 'vitest'
import { EXTERNALS } from './externals.ts'
import { LAYERS, OPEN_FOLDERS, PURE, SUB_ROOMS } from './layers.ts'

const root = resolve(import.meta.dirname, '../src')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
const modules = new Map(files.map((file) => [file, importsOf(file)]))
const isTest = (file: string): boolean => file.endsWith('.test.ts')
const roomOf = (file: string): string =>
  file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, '')
const rowOf = (room: string): number => LAYERS.findIndex(({ rooms }) => rooms.includes(room))

function importsOf(file: string): readonly string[] {
  const { module } = parseSync(file, readFileSync(join(root, file), 'utf8'))
  const targets = [
    ...module.staticImports.map((one) => one.moduleRequest.value),
    ...module.staticExports.flatMap((one) => one.entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
  ]
  return targets.map((target) =>
    target.startsWith('.') ? relative(root, resolve(root, dirname(file), target)) : target,
  )
}

/** Every import of one src file by another, as `[from, to]`. */
function edges(): [from: string, to: string][] {
  return [...modules].flatMap(([from, targets]) =>
    targets.filter((to) => modules.has(to)).map((to): [string, string] => [from, to]),
  )
}

/** The layers as ARCHITECTURE.md shows them. */
function layerTable(): string {
  const rows = LAYERS.map(({ rooms, role }) => `| ${rooms.map((room) => `\`${room}\``).join(' ')} | ${role} |`)
  return ['| rooms | role |', '| --- | --- |', ...rows].join('\n')
}

describe('architecture', () => {
  test('ARCHITECTURE.md shows the layers that are held here', () => {
    expect(readFileSync(resolve(root, '../ARCHITECTURE.md'), 'utf8')).toContain(layerTable())
  })

  test('reads the whole tree', () => {
    expect(modules.size).toBeGreaterThan(20)
    expect(edges().length).toBeGreaterThan(20)
  })

  test('knows every room', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => rowOf(room) === -1)).toEqual([])
  })

  test('imports point down, and rooms of one row do not know each other', () => {
    const wrong = edges().filter(([from, to]) => {
      if (isTest(from) || roomOf(from) === roomOf(to)) return false
      return (
        rowOf(roomOf(from)) > rowOf(roomOf(to)) ||
        (rowOf(roomOf(from)) === rowOf(roomOf(to)) && rowOf(roomOf(from)) > 0)
      )
    })
    expect(wrong).toEqual([])
  })

  test('depth is privacy: another room sees only the top files of a room or of its sub-rooms', () => {
    const wrong = edges().filter(([from, to]) => {
      if (from === 'app.ts' || roomOf(from) === roomOf(to) || OPEN_FOLDERS.includes(dirname(to))) return false
      const depth = to.split('/').length
      return depth > (SUB_ROOMS.includes(roomOf(to)) ? 3 : 2)
    })
    expect(wrong).toEqual([])
  })

  test('stations of the receive, codec and api rows do not know each other', () => {
    const sub = (file: string): string => file.split('/').slice(0, 2).join('/')
    const wrong = edges().filter(([from, to]) => {
      const sameRoom = roomOf(from) === roomOf(to) && ['receive', 'codec'].includes(roomOf(from))
      const bothDeep = from.split('/').length > 2 && to.split('/').length > 2
      return (
        sameRoom &&
        bothDeep &&
        sub(from) !== sub(to) &&
        !isTest(from) &&
        !['receive/scrape', 'receive/self', 'receive/discovery'].includes(sub(from))
      )
    })
    expect(wrong).toEqual([])
  })

  test('each dependency has one owner', () => {
    const wrong = [...modules].flatMap(([file, targets]) =>
      targets
        .filter((target) => !target.startsWith('node:') && !modules.has(target) && !target.startsWith('..'))
        .filter((target) => {
          const name = target
            .split('/')
            .slice(0, target.startsWith('@') ? 2 : 1)
            .join('/')
          const owners = EXTERNALS[name]?.owners ?? []
          return !isTest(file) && !owners.some((owner) => file.startsWith(owner))
        })
        .map((target) => `${file} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  test('pure files reach no node module', () => {
    const wrong: string[] = []
    const visit = (file: string, seen: Set<string>): void => {
      if (seen.has(file)) return
      seen.add(file)
      for (const target of modules.get(file) ?? []) {
        if (target.startsWith('node:')) wrong.push(`${file} imports ${target}`)
        else visit(target, seen)
      }
    }
    for (const file of files) if (!isTest(file) && PURE.some((pure) => file.startsWith(pure))) visit(file, new Set())
    expect(wrong).toEqual([])
  })
})
