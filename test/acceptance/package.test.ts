import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** Another program that has Bongsu among its dependencies. */
describe('the package for other programs', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bongsu-package-'))
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(root, join(folder, 'node_modules/bongsu'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('parses and prints PromQL', () => {
    const program = `
      import { parseExpression, prettify, printExpression, PromqlSyntaxError } from 'bongsu/promql'
      console.log(printExpression(parseExpression('sum  by(a)(rate(x[5m]))')))
      console.log(prettify(parseExpression('a+b'), 2))
      try { parseExpression('sum(') } catch (error) { console.log(error instanceof PromqlSyntaxError, error.message) }
    `
    writeFileSync(join(folder, 'run.js'), program)
    expect(execFileSync('node', ['run.js'], { cwd: folder, encoding: 'utf8' })).toBe(
      'sum by (a) (rate(x[5m]))\n  a\n+\n  b\ntrue 1:5: parse error: unclosed left parenthesis\n',
    )
  })

  test('has types', () => {
    const program = `
      import { parseExpression, typeOf } from 'bongsu/promql'
      import type { Expression, ValueType } from 'bongsu/promql'
      const tree: Expression = parseExpression('up')
      export const type: ValueType = typeOf(tree)
      // @ts-expect-error kinds are no numbers
      export const kind: number = tree.kind
    `
    writeFileSync(join(folder, 'types.ts'), program)
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022']
    const tsc = join(root, 'node_modules/.bin/tsc')
    const problems = spawnSync(tsc, [...options, 'types.ts'], { cwd: folder, encoding: 'utf8' }).stdout
    expect(problems).toBe('')
  })
})
