import { describe, expect, test } from 'vitest'
import { helpOf, numberHelp, tokenAt } from './hover.ts'
import { formatted } from './format.ts'
import { noteDiagnostics } from './lint.ts'
import { parserDiagnostics } from './parser-diagnostics.ts'
import { editorTokens } from './tokens.ts'
import { withOpeners, wordKind } from './words.ts'

describe('tokens', () => {
  test('are told apart in any text, finished or not', () => {
    const kinds = (text: string) => editorTokens(text).map(({ kind, text: part }) => `${kind} ${part}`)
    expect(kinds('sum(a{b=~"x"}) # c')).toEqual([
      'word sum',
      'sign (',
      'word a',
      'sign {',
      'word b',
      'sign =~',
      'string "x"',
      'sign }',
      'sign )',
      'comment # c',
    ])
    expect(kinds('0x1F 1e-3 5m30s .5 1h')).toEqual([
      'number 0x1F',
      'number 1e-3',
      'number 5m30s',
      'number .5',
      'number 1h',
    ])
    expect(editorTokens('"a\\"b" "open').map(({ closed }) => closed)).toEqual([true, false])
    expect(editorTokens('"a\\').map(({ closed }) => closed)).toEqual([false])
    expect(editorTokens("`raw\\` 'x").map(({ closed }) => closed)).toEqual([true, false])
  })

  test('words are coloured by their place', () => {
    const found: string[] = []
    withOpeners(editorTokens('sum by (sum) (rate(sum{by="x"}[5m])) and on (on) start'), (token, opener, next) => {
      if (token.kind === 'word') found.push(`${token.text} ${wordKind(token.text, opener, next)}`)
    })
    expect(found).toEqual([
      'sum aggregation',
      'by keyword',
      'sum label',
      'rate function',
      'sum metric',
      'by label',
      'and keyword',
      'on keyword',
      'on label',
      'start metric',
    ])
  })
})

describe('underlines', () => {
  test('stand where the parser finds fault, none in what is right or empty', () => {
    expect(parserDiagnostics('sum(rate(a[5m]))')).toEqual([])
    expect(parserDiagnostics('  ')).toEqual([])
    expect(parserDiagnostics('rate(up)')).toEqual([
      {
        from: 5,
        to: 7,
        severity: 'error',
        message: 'expected type range vector in call to function "rate", got instant vector',
      },
    ])
    expect(parserDiagnostics('up{a=~"("}')[0]?.message).toContain('missing closing )')
    const [end] = parserDiagnostics('sum(up')
    expect([end?.from, end?.to]).toEqual([5, 6])
  })

  test('stand where the server says, in the query that was run only', () => {
    const notes = {
      query: 'rate(한글_bytes[5m])',
      error: undefined,
      warnings: ['PromQL warning: careful (1:1)'],
      infos: ['PromQL info: metric might not be a counter: "x" (1:19)'],
    }
    expect(noteDiagnostics('rate(한글_bytes[5m])', notes)).toEqual([
      { from: 0, to: 4, severity: 'warning', message: notes.warnings[0] },
      { from: 14, to: 16, severity: 'info', message: notes.infos[0] },
    ])
    expect(noteDiagnostics('rate(other[5m])', notes)).toEqual([])
  })
})

describe('help', () => {
  const known = { http_requests_total: [{ type: 'counter', help: 'Requests.', unit: '' }] }
  const help = (text: string, offset: number, language = 'en') => {
    const found = tokenAt(text, offset)
    return found && helpOf(found, known, language)
  }

  test('tells of functions, aggregations, keywords and metrics, in the language of the page', () => {
    const query = 'sum by (job) (rate(http_requests_total[5m])) or vector(0)'
    expect(help(query, 15)).toMatchObject({ title: 'rate(range vector) → instant vector', badges: ['function'] })
    expect(help(query, 15, 'ko')?.text).toContain('카운터의 초당 증가량')
    expect(help(query, 1)).toMatchObject({ badges: ['aggregation'], text: 'Sum over the series of each group' })
    expect(help(query, 45)?.text).toContain('without a partner')
    expect(help(query, 25)).toEqual({ title: 'http_requests_total', badges: ['counter', ''], text: 'Requests.' })
    expect(help(query, 8)).toBeUndefined()
  })

  test('reads numbers: durations, moments, large ones', () => {
    expect(numberHelp('90m', false, 'en')).toMatchObject({ badges: ['duration'], text: '1 h 30 min · 5,400 s' })
    expect(numberHelp('1700000000', true, 'en')?.text).toBe('2023-11-14T22:13:20.000Z')
    expect(numberHelp('1.5e9', false, 'en')?.text).toBe('1500000000 · 1,500,000,000 · 1.5G')
    expect(numberHelp('5', false, 'en')).toBeUndefined()
  })
})

test('a query is laid out as the server would, and left alone when it is none', () => {
  expect(formatted('sum(a)by(b)')).toBe('sum by (b) (a)')
  expect(formatted('sum(')).toBeUndefined()
})
