import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { loadText } from './load.ts'
import type { Override } from './overrides.ts'
import { printProblem } from './problem.ts'
import { defineSection } from './section.ts'
import { bytes, count, duration, filePath, secret, sizeWithUnit } from './values.ts'

const SECTIONS = {
  box: defineSection({
    key: 'box',
    summary: 'for these tests',
    reload: 'live',
    schema: z.strictObject({
      label: z.string().optional(),
      labels: z.record(z.string(), z.string()).prefault({}),
      on: z.boolean().prefault(true),
      wait: duration.prefault('1m'),
      size: bytes.prefault('1MB'),
      limit: sizeWithUnit.prefault('0'),
      width: count.prefault(0),
      colour: z.enum(['red', 'green']).prefault('red'),
      password: secret.optional(),
      cert_file: filePath.optional(),
    }),
  }),
  jobs: defineSection({
    key: 'jobs',
    summary: 'for these tests',
    reload: 'restart',
    schema: z
      .array(
        z
          .strictObject({ name: z.string(), every: duration.prefault('1m'), within: duration.prefault('10s') })
          .refine(({ every, within }) => within <= every, { path: ['within'], error: 'must not exceed every' }),
      )
      .refine((jobs) => new Set(jobs.map(({ name }) => name)).size === jobs.length, { error: 'names must differ' })
      .prefault([]),
  }),
} as const

const load = (text: string, overrides: readonly Override[] = []) => loadText('etc/x.yml', text, SECTIONS, overrides)
const problems = (text: string, overrides?: readonly Override[]): readonly string[] =>
  load(text, overrides).problems.map((problem) => printProblem(problem).replace('etc/x.yml:', ''))

describe('values', () => {
  test('a section that is left out, or empty, has its defaults', () => {
    for (const text of ['', 'box:\njobs:\n', '# nothing']) {
      const { values, problems: none } = load(text)
      expect(none).toEqual([])
      expect(values.box).toMatchObject({ wait: 60_000, size: 1_048_576, colour: 'red' })
      expect(values.jobs).toEqual([])
    }
  })

  test('text is what stands there, whatever YAML makes of it', () => {
    const { values } = load('box: {label: 0x1F, labels: {a: 1.10, b: yes, c: 2024-01-02, d: 12:30:00, e: 007, f: "8"}}')
    expect(values.box?.label).toBe('0x1F')
    const want = { a: '1.10', b: 'yes', c: '2024-01-02', d: '12:30:00', e: '007', f: '8' }
    expect(values.box?.labels).toEqual(want)
  })

  test('a number where text is wanted is read before anything is told', () => {
    expect(load('box: {wait: 0, limit: 0}').values.box).toMatchObject({ wait: 0, limit: 0 })
  })

  test('booleans are those of YAML 1.1', () => {
    expect(load('box: {on: off}').values.box?.on).toBe(false)
  })

  test('a key with nothing behind it counts as left out', () => {
    expect(load('box:\n  wait:\n  label: ~\n').values.box).toMatchObject({ wait: 60_000 })
  })

  test('anchors and merge keys work', () => {
    const { values } = load('x: &x\n  wait: 5s\nbox:\n  <<: *x\n  on: false\n'.replace('x: &x', 'jobs: []\nbase: &x'))
    expect(values.box).toMatchObject({ wait: 5000, on: false })
  })

  test('what was merged in is told of at its own place', () => {
    expect(problems('box:\n  <<: [{width: 1}, {wait: soon}]')).toEqual([
      '2:27  box.wait  not a duration: "soon" (try 15s, 1h30m)',
    ])
  })

  test('binary text is decoded', () => {
    expect(load('box: {label: !!binary aGk=}').values.box?.label).toBe('hi')
  })

  test('paths of files start at the folder of the file', () => {
    expect(load('box: {cert_file: certs/a.pem}').values.box?.cert_file).toMatch(/^\/.*\/etc\/certs\/a\.pem$/)
    expect(load('box: {cert_file: /certs/a.pem}').values.box?.cert_file).toBe('/certs/a.pem')
  })
})

describe('problems', () => {
  const cases: [name: string, text: string, want: readonly string[]][] = [
    ['an unknown section', 'bok: {}', ['1:1  bok  unknown section "bok" (did you mean "box"?)']],
    ['a section far from all', 'server: {}', ['1:1  server  unknown section "server" (there are box, jobs)']],
    ['an unknown key', 'box:\n  widht: 3', ['2:3  box.widht  unknown key "widht" (did you mean "width"?)']],
    [
      'a key in a list',
      'jobs:\n- name: a\n  evry: 5s',
      ['3:3  jobs[0].evry  unknown key "evry" (did you mean "every"?)'],
    ],
    ['a bad duration', 'box:\n  wait: soon', ['2:9  box.wait  not a duration: "soon" (try 15s, 1h30m)']],
    [
      'a size without a unit',
      'box:\n  limit: 100',
      ['2:10  box.limit  not a size with its unit: "100" (try 15MB, 1GB)'],
    ],
    ['a word for a number', 'box:\n  width: wide', ['2:10  box.width  must be a whole number']],
    ['a quoted number', 'box:\n  width: "5"', ['2:10  box.width  must be a whole number']],
    ['a negative number', 'box:\n  width: -5', ['2:10  box.width  must not be negative']],
    ['a word for a boolean', 'box:\n  on: perhaps', ['2:7  box.on  expected true or false, got "perhaps"']],
    ['a list for a text', 'box:\n  label: [a]', ['2:3  box.label  expected text, got a list']],
    ['a text for a section', 'box: tall', ['1:6  box  expected a section with keys, got "tall"']],
    ['an unknown choice', 'box:\n  colour: gren', ['2:11  box.colour  unknown value "gren" (did you mean "green"?)']],
    [
      'a choice far from all',
      'box:\n  colour: blue',
      ['2:11  box.colour  unknown value "blue" (there are red, green)'],
    ],
    ['an empty entry', 'jobs:\n-\n- name: a', ['2:2  jobs[0]  empty or null entry: expected a section with keys']],
    ['something missing', 'jobs:\n- every: 5s', ['2:3  jobs[0].name  must be given']],
    ['a rule between keys', 'jobs:\n- name: a\n  within: 2m', ['3:11  jobs[0].within  must not exceed every']],
    ['a rule between entries', 'jobs:\n- name: a\n- name: a', ['1:1  jobs  names must differ']],
    [
      'bytes that are no text',
      'box:\n  label: !!binary /w==',
      ['2:19  box.label  expected text, got bytes that are no UTF-8 text'],
    ],
    ['a list at the top', '- box', ['1:1  expected sections with keys at the top']],
    ['a key twice', 'box: {}\nbox: {}', ['2:1  map keys must be unique']],
    ['an alias of nothing', 'box: *b', ['1:6  unresolved alias (the anchor must be set before the alias): b']],
    ['a key of every object', 'box:\n  toString: 3', ['2:3  box.toString  unknown key "toString"']],
    ['the prototype', 'box:\n  __proto__: 3', ['2:3  __proto__ can not be a key here']],
    ['a key that is no text', '? [a]\n: b', ['1:3  a key must be plain text']],
  ]
  test.each(cases)('%s', (_, text, want) => {
    expect(problems(text)).toEqual(want)
  })

  test('broken YAML is told with its line', () => {
    expect(problems('box:\n  wait: [5s\njobs: []')[0]).toMatch(/^\d+:\d+ {2}\S/)
  })

  test('aliases that multiply are refused', () => {
    const more = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, i) => {
      const last = `*${'abcdefgh'[i]}`
      return `${name}: &${name} [${Array.from({ length: 9 }, () => last).join(', ')}]`
    })
    expect(problems(['a: &a [x]', ...more].join('\n'))[0]).toContain('excessive alias count')
  })

  test('all of them at once, in one reading', () => {
    const text = [
      'box:',
      '  wait: soon',
      '  widht: 3',
      'jobs:',
      '- name: a',
      '  within: 2m',
      '  evry: 3s',
      '-',
      '- name: [b]',
      '- name: c',
      '  within: 3m',
      'jbos: 1',
    ].join('\n')
    expect(problems(text).toSorted()).toEqual(
      [
        '2:9  box.wait  not a duration: "soon" (try 15s, 1h30m)',
        '3:3  box.widht  unknown key "widht" (did you mean "width"?)',
        '6:11  jobs[0].within  must not exceed every',
        '7:3  jobs[0].evry  unknown key "evry" (did you mean "every"?)',
        '8:2  jobs[1]  empty or null entry: expected a section with keys',
        '9:3  jobs[2].name  expected text, got a list',
        '11:11  jobs[3].within  must not exceed every',
        '12:1  jbos  unknown section "jbos" (did you mean "jobs"?)',
      ].toSorted(),
    )
  })

  test('nothing is told of what only followed from another problem', () => {
    // `every` falls back to its default of 1m once "soon" is out of the way; that says nothing about `within`.
    expect(problems('jobs:\n- name: a\n  every: soon\n  within: 2m')).toHaveLength(1)
  })

  test('a section with problems has no value, the others have theirs', () => {
    const { values } = load('box: {wait: soon}\njobs: [{name: a}]')
    expect(values.box).toBeUndefined()
    expect(values.jobs).toHaveLength(1)
  })
})

test('however broken a file is, reading it ends and says why', () => {
  const scalar = fc.constantFrom(null, '', 'a', 'soon', 0, -1, 1.5, true, '5s', '1MB', 'red')
  const key = fc.constantFrom(
    'box',
    'jobs',
    'name',
    'every',
    'within',
    'wait',
    'labels',
    'width',
    'colour',
    'x',
    'toString',
    'constructor',
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium' },
      scalar,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
    ),
  }))
  fc.assert(
    fc.property(fc.dictionary(key, tree), (file) => {
      const { values, problems: told } = load(JSON.stringify(file))
      const places = told.map(({ path, message }) => `${path} ${message}`)
      expect(new Set(places).size).toBe(places.length)
      for (const key_ of ['box', 'jobs'] as const) {
        expect(values[key_] === undefined).toBe(told.some(({ path }) => path.startsWith(key_)))
      }
    }),
    { numRuns: 300 },
  )
})

describe('overrides', () => {
  const listen: Override = { path: ['box', 'label'], text: '0123', from: 'BOX_LABEL' }

  test('win over the file, the later over the earlier', () => {
    expect(load('box: {label: a}', [listen]).values.box?.label).toBe('0123')
    expect(load('box: {label: a}', [listen, { ...listen, text: 'b' }]).values.box?.label).toBe('b')
  })

  test('stand in for a section that is not there', () => {
    expect(load('', [{ path: ['box', 'width'], text: '7', from: '--width' }]).values.box?.width).toBe(7)
  })

  test('are named by where they come from when they are wrong', () => {
    expect(problems('', [{ path: ['box', 'wait'], text: 'soon', from: 'BOX_WAIT' }])).toEqual([
      'BOX_WAIT  box.wait  not a duration: "soon" (try 15s, 1h30m)',
    ])
  })
})
