import { expect, test } from 'vitest'
import { TestClock } from '../../test/support/test-clock.ts'
import { createLog } from './log.ts'

function linesOf(format: 'logfmt' | 'json', value: string): string[] {
  const lines: string[] = []
  const log = createLog({ level: 'info', format }, { clock: new TestClock(0), write: (line) => lines.push(line) })
  log.info('met', { value })
  return lines
}

const values: [name: string, value: string, want: string][] = [
  ['a plain word', 'up', 'value=up'],
  ['nothing', '', 'value=""'],
  ['a sentence', 'a b="c"', String.raw`value="a b=\"c\""`],
  ['a line that is made up', 'x\nlevel=error msg=forged', String.raw`value="x\nlevel=error msg=forged"`],
  ['a command for the terminal', '\u001b[2J\u009b', String.raw`value="\u001b[2J\u009b"`],
  ['a delete and a line separator', 'a\u007f\u2028', String.raw`value="a\u007f\u2028"`],
]

test.each(values)('%s stays one value of one line', (_, value, want) => {
  expect(linesOf('logfmt', value)).toEqual([`ts=1970-01-01T00:00:00.000Z level=info msg=met ${want}`])
  const [json = ''] = linesOf('json', value)
  expect(json).not.toMatch(/[\p{Cc}\u2028]/u)
  expect(JSON.parse(json)).toMatchObject({ msg: 'met', value })
})
