import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { TextCursor } from '../../src/codec/exposition/text-cursor.ts'
import type { TextCursorOptions } from '../../src/codec/exposition/text-cursor.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

const dir = conformanceDir()

interface Case {
  readonly test: string
  readonly input?: string
  readonly err?: string
}

const FORMATS = [
  { format: 'text', file: 'text-parser-error-cases.json' },
  { format: 'openmetrics', file: 'openmetrics-parser-error-cases.json' },
] as const

/** The message of the error that reading `input` ends with, '' when there is none. */
function errorOf(input: Buffer, options: TextCursorOptions): string {
  try {
    const cursor = new TextCursor(input, options)
    while (cursor.next()) if (cursor.kind === 'series') cursor.labels()
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function casesOf(file: string): readonly Case[] {
  if (dir === undefined) return []
  const path = join(dir, 'prometheus/flat', file)
  return (JSON.parse(readFileSync(path, 'utf8')) as { cases: readonly Case[] }).cases
}

// The original's name for a clean end is the error EOF. The files are JSON: the byte 0xff of the original cases stands there as U+FFFD.
function bytesOf(input: string): Buffer {
  const parts = input.split('\ufffd').map((part) => Buffer.from(part))
  return Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [Buffer.of(0xff), part])))
}

describe.skipIf(dir === undefined)('errors of the text formats', () => {
  for (const { format, file } of FORMATS) {
    const cases = casesOf(file).filter(({ input, err }) => input !== undefined && err !== undefined)
    let passed = 0
    afterAll(() => printTally({ suite: `${format} parser errors`, passed, left: [] }))
    test.each(cases.map((one, i) => [`${format} ${i} ${JSON.stringify(one.input)}`, one] as const))('%s', (_, one) => {
      expect(errorOf(bytesOf(one.input ?? ''), { format })).toBe(one.err === 'EOF' ? '' : one.err)
      passed++
    })
  }
})
