import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LabelSet } from '../../model/labels.ts'
import type { NameScheme } from '../../model/names.ts'
import { relabelFaults, relabelSchema } from './config.ts'
import { compileRelabeling } from './relabel.ts'

type Rule = Readonly<Record<string, unknown>>
type Labels = Readonly<Record<string, string>>

const relabel = (labels: Labels, rules: readonly Rule[], scheme: NameScheme = 'utf8'): Labels | undefined => {
  const parsed = rules.map((rule) => relabelSchema.parse(rule))
  return compileRelabeling(parsed, scheme)(LabelSet.of(labels))?.toRecord()
}

describe('actions', () => {
  const cases: [name: string, labels: Labels, rule: Rule, want: Labels | undefined][] = [
    [
      'replace joins with ;',
      { a: 'x', b: 'y' },
      { source_labels: ['a', 'b'], target_label: 'c' },
      { a: 'x', b: 'y', c: 'x;y' },
    ],
    [
      'replace without a match does nothing',
      { a: 'x' },
      { source_labels: ['a'], regex: 'y', target_label: 'c' },
      { a: 'x' },
    ],
    [
      'replace matches the whole value',
      { a: 'xyz' },
      { source_labels: ['a'], regex: 'y', target_label: 'c' },
      { a: 'xyz' },
    ],
    [
      'replace with nothing deletes',
      { a: 'x', b: 'y' },
      { source_labels: ['a'], regex: '(z)?x', target_label: 'b' },
      { a: 'x' },
    ],
    ['an absent label is the empty value', {}, { source_labels: ['a', 'b'], target_label: 'c' }, { c: ';' }],
    [
      'the target may hold groups',
      { a: 'k=v' },
      { source_labels: ['a'], regex: '(.+)=(.+)', target_label: '${1}', replacement: '$2' },
      { a: 'k=v', k: 'v' },
    ],
    [
      'groups go by name',
      { a: 'kv' },
      { source_labels: ['a'], regex: '(?P<x>.)(?P<y>.)', target_label: 'b', replacement: '$y-${x}' },
      { a: 'kv', b: 'v-k' },
    ],
    [
      'a name runs as far as it can',
      { a: 'v' },
      { source_labels: ['a'], target_label: 'b', replacement: '[$1x]' },
      { a: 'v', b: '[]' },
    ],
    [
      '$$ is a dollar, and so is a lone one',
      { a: 'v' },
      { source_labels: ['a'], target_label: 'b', replacement: '$$1 $ ${' },
      { a: 'v', b: '$1 $ ${' },
    ],
    [
      'the dot matches a newline',
      { a: 'x\ny' },
      { source_labels: ['a'], regex: '(.).(.)', target_label: 'b', replacement: '$1$2' },
      { a: 'x\ny', b: 'xy' },
    ],
    ['keep keeps', { a: 'x' }, { source_labels: ['a'], regex: 'x|y', action: 'keep' }, { a: 'x' }],
    ['keep drops the others', { a: 'xx' }, { source_labels: ['a'], regex: 'x|y', action: 'keep' }, undefined],
    ['drop drops', { a: 'x' }, { source_labels: ['a'], regex: 'x', action: 'Drop' }, undefined],
    [
      'keepequal',
      { a: 'x', b: 'x' },
      { source_labels: ['a'], target_label: 'b', action: 'keepequal' },
      { a: 'x', b: 'x' },
    ],
    [
      'keepequal drops what differs',
      { a: 'x' },
      { source_labels: ['a'], target_label: 'b', action: 'keepequal' },
      undefined,
    ],
    ['dropequal', { a: 'x', b: 'x' }, { source_labels: ['a'], target_label: 'b', action: 'dropequal' }, undefined],
    [
      'hashmod',
      { c: 'baz' },
      { source_labels: ['c'], target_label: 'd', modulus: 1000, action: 'hashmod' },
      { c: 'baz', d: '976' },
    ],
    [
      'labelmap',
      { a_x: '1', a_y: '2', b: '3' },
      { regex: 'a_(.+)', action: 'labelmap' },
      { a_x: '1', a_y: '2', b: '3', x: '1', y: '2' },
    ],
    ['labeldrop', { a1: '1', a2: '2', b: '3' }, { regex: 'a.', action: 'labeldrop' }, { b: '3' }],
    ['labelkeep', { a1: '1', a2: '2', b: '3' }, { regex: 'a.', action: 'labelkeep' }, { a1: '1', a2: '2' }],
    [
      'lowercase, letter by letter',
      { a: 'ÀΣİ' },
      { source_labels: ['a'], target_label: 'a', action: 'lowercase' },
      { a: 'àσi' },
    ],
    [
      'uppercase never lengthens',
      { a: 'straße ᾳ' },
      { source_labels: ['a'], target_label: 'a', action: 'uppercase' },
      { a: 'STRAßE ᾼ' },
    ],
  ]
  test.each(cases)('%s', (_, labels, rule, want) => {
    expect(relabel(labels, [rule])).toEqual(want)
  })
})

describe('rules in a row', () => {
  test('see what those before them wrote', () => {
    const rules = [
      { source_labels: ['a'], target_label: 'b' },
      { regex: 'a', action: 'labeldrop' },
      { source_labels: ['b'], regex: 'x', action: 'keep' },
    ]
    expect(relabel({ a: 'x' }, rules)).toEqual({ b: 'x' })
    expect(relabel({ a: 'y' }, rules)).toBeUndefined()
  })

  test('of labels mapped to one name the last one visited wins: written labels come last', () => {
    const rules = [
      { target_label: 'a1', replacement: 'written' },
      { regex: 'a(.)', replacement: 'z', action: 'labelmap' },
    ]
    expect(relabel({ a1: '1', a2: '2' }, rules)).toMatchObject({ z: 'written' })
  })

  test('a set that no rule changed comes back as it is', () => {
    const labels = LabelSet.of({ a: 'x' })
    const keep = relabelSchema.parse({ source_labels: ['a'], regex: 'x', action: 'keep' })
    expect(compileRelabeling([keep])(labels)).toBe(labels)
  })

  test('labels stay sorted, each name once, none empty', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'ü', '😀', '｡')
    const value = fc.constantFrom('', 'x', 'y')
    const rule = fc.record({ source_labels: fc.array(name, { maxLength: 2 }), target_label: name, replacement: value })
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), fc.array(rule), (entries, rules) => {
        const parsed = rules.map((one) => relabelSchema.parse(one))
        const got = compileRelabeling(parsed)(LabelSet.from(entries))
        expect(got?.pairs).toEqual(LabelSet.from(got?.entries() ?? []).pairs)
      }),
    )
  })
})

describe('names', () => {
  const braces = { source_labels: ['a'], target_label: '$1' }

  test('a target that turns out not to be a legacy name is not written', () => {
    expect(relabel({ a: 'x-y' }, [braces], 'legacy')).toEqual({ a: 'x-y' })
    expect(relabel({ a: 'x-y' }, [braces], 'utf8')).toEqual({ a: 'x-y', 'x-y': 'x-y' })
    expect(relabel({ b: 'z' }, [braces], 'utf8')).toEqual({ b: 'z' })
  })

  const legacy: [target: string, faults: number][] = [
    ['good_1', 0],
    ['${1}_x', 0],
    ['a$x', 0],
    ['a-b', 1],
    ['${x', 1],
    ['$', 1],
    ['1$x', 1],
  ]
  test.each(legacy)('legacy target %s', (target, faults) => {
    const rule = relabelSchema.parse({ source_labels: ['a'], target_label: target })
    expect(relabelFaults(rule, 'legacy')).toHaveLength(faults)
  })
})
