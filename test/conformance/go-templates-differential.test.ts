/** Our template engine against Go's own, which amtool renders with. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { messageOf } from '../../src/core/errors.ts'
import { toUpper } from '../../src/core/go-case.ts'
import { humanizeDuration } from '../../src/core/go-template/humanize.ts'
import { Templates } from '../../src/core/go-template/template.ts'
import {
  ANY,
  ANY_SLICE,
  goFunction,
  GoError,
  itemsOf,
  STRING,
  STRING_SLICE,
  Typed,
  variadicFunction,
} from '../../src/core/go-template/value.ts'
import type { GoValue } from '../../src/core/go-template/value.ts'
import { HOW_TO_GET_PEERS, peer } from '../support/peers.ts'

const amtool = peer('amtool')
const cases = readFileSync(resolve(import.meta.dirname, '../fixtures/go-templates.txt'), 'utf8')
  .replace(/\n$/, '')
  .split('\n===\n')

function dict(...values: readonly GoValue[]): GoValue {
  if (values.length % 2 !== 0) throw new GoError('dict requires an even number of arguments')
  if (values.some((key, i) => i % 2 === 0 && typeof key !== 'string')) throw new GoError('dict keys must be strings')
  return new Map(Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i], values[2 * i + 1]]))
}

/** Those functions of Alertmanager that the cases use to make values. */
const functions = {
  humanizeDuration: goFunction([ANY], humanizeDuration),
  toUpper: goFunction([STRING], (text) => toUpper(text as string)),
  stringSlice: variadicFunction([STRING], (...texts) => new Typed(STRING_SLICE, texts)),
  list: variadicFunction([ANY], (...values) => values),
  dict: variadicFunction([ANY], dict),
  append: variadicFunction([ANY_SLICE, ANY], (list, ...more) => [...itemsOf(list), ...more]),
}

function ours(text: string): string {
  try {
    const templates = new Templates({ functions, missingKey: 'zero' })
    templates.parse('', text)
    return templates.execute('', undefined)
  } catch (error) {
    return messageOf(error)
  }
}

if (amtool === undefined) console.log(HOW_TO_GET_PEERS)

describe.skipIf(amtool === undefined)('templates as Go renders them', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bongsu-templates-'))
    await writeFile(join(folder, 'none.tmpl'), '')
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function theirs(text: string): Promise<string> {
    const glob = `--template.glob=${join(folder, 'none.tmpl')}`
    const run = promisify(execFile)(amtool ?? '', ['template', 'render', glob, `--template.text=${text}`])
    const answer = await run.catch((error: unknown) => error as { readonly stdout: string; readonly stderr: string })
    return answer.stderr === ''
      ? answer.stdout.replace(/\n$/, '')
      : answer.stderr.replace(/^amtool: error: /, '').trimEnd()
  }

  test.each(cases)('%s', async (text) => {
    expect(ours(text)).toBe(await theirs(text))
  })
})
