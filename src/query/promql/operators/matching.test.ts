import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { addedByDefinition, keyOf } from '../../../../test/support/matching-reference.ts'
import type { Labels, ReferenceMatching, Sample } from '../../../../test/support/matching-reference.ts'
import { evaluateOver } from '../../../../test/support/promql-operators.ts'
import { vectorOf } from '../../../../test/support/promql-vectors.ts'
import type { Row } from '../../../../test/support/promql-vectors.ts'
import { ABSENT } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'

const STEPS = 3
const NAMES = ['i', 'j', 'k']

const value = fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined, freq: 2 })
const row = fc.record({
  labels: fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom('', 'x', 'y'), { maxKeys: 3 }),
  values: fc.array(value, { minLength: STEPS, maxLength: STEPS }),
})

function vector(name: string): fc.Arbitrary<readonly Row[]> {
  return fc
    .uniqueArray(row, { maxLength: 5, selector: ({ labels }) => keyOf(withoutEmpty(labels)) })
    .map((rows) => rows.map(({ labels, values }): Row => [{ __name__: name, ...withoutEmpty(labels) }, ...values]))
}

const fills = fc.option(fc.constantFrom(0, 1000), { nil: undefined, freq: 2 })
const matching: fc.Arbitrary<ReferenceMatching> = fc
  .record({
    cardinality: fc.constantFrom('one-to-one' as const, 'many-to-one' as const, 'one-to-many' as const),
    on: fc.boolean(),
    labels: fc.subarray(NAMES),
    include: fc.subarray(NAMES),
    fill: fc.record({ left: fills, right: fills }),
  })
  .map((each) => ({
    ...each,
    // The parser refuses labels that are both matched and included, and includes without a group modifier.
    include: each.cardinality === 'one-to-one' || each.on ? [] : each.include,
  }))

test('vectors are matched as the definition says, at each step', () => {
  fc.assert(
    fc.property(vector('a'), vector('b'), matching, (a, b, how) => {
      const want = attempt(() => byDefinition(a, b, how))
      const got = attempt(() => {
        const { value: sum } = evaluateOver(queryOf(how), { vectors: { a: stepsOf(a), b: stepsOf(b) } })
        return sum.type === 'vector' ? cellsOf(sum.vector) : []
      })
      expect(got).toEqual(want)
    }),
    { numRuns: 1500 },
  )
})

test('and, or and unless are what they say, at each step', () => {
  fc.assert(
    fc.property(
      vector('a'),
      vector('b'),
      fc.constantFrom('and', 'or', 'unless'),
      fc.subarray(NAMES),
      (a, b, op, labels) => {
        const isMatch = (x: Labels, y: Labels): boolean => labels.every((name) => (x[name] ?? '') === (y[name] ?? ''))
        const chosen = Array.from({ length: STEPS }, (_, s) => {
          const [left, right] = [samplesAt(a, s), samplesAt(b, s)]
          const matched = (sample: Sample, others: readonly Sample[]): boolean =>
            others.some((other) => isMatch(sample.labels, other.labels))
          if (op === 'or') return [...left, ...right.filter((sample) => !matched(sample, left))]
          return left.filter((sample) => matched(sample, right) === (op === 'and'))
        })
        const query = `a ${op} on (${labels.join(', ')}) b`
        const { value: result } = evaluateOver(query, { vectors: { a: stepsOf(a), b: stepsOf(b) } })
        expect(result.type === 'vector' ? cellsOf(result.vector) : []).toEqual(textsOf(chosen))
      },
    ),
    { numRuns: 500 },
  )
})

function byDefinition(a: readonly Row[], b: readonly Row[], how: ReferenceMatching): string[] {
  return textsOf(Array.from({ length: STEPS }, (_, s) => addedByDefinition(samplesAt(a, s), samplesAt(b, s), how)))
}

/** Always as many steps, even without rows. */
function stepsOf(rows: readonly Row[]): StepVector {
  return vectorOf([{ __name__: 'none' }, ...Array.from({ length: STEPS }, () => undefined)], ...rows)
}

function samplesAt(rows: readonly Row[], s: number): Sample[] {
  return rows.flatMap(([labels, ...values]) => {
    const sample = values[s]
    return typeof sample === 'number' ? [{ labels, value: sample }] : []
  })
}

function queryOf({ cardinality, on, labels, include, fill }: ReferenceMatching): string {
  const group = cardinality === 'one-to-one' ? '' : cardinality === 'many-to-one' ? 'group_left' : 'group_right'
  const included = include.length > 0 && group !== '' ? `(${include.join(', ')})` : ''
  const left = fill.left === undefined ? '' : ` fill_left(${fill.left})`
  const right = fill.right === undefined ? '' : ` fill_right(${fill.right})`
  return `a + ${on ? 'on' : 'ignoring'} (${labels.join(', ')}) ${group}${included}${left}${right} b`
}

function cellsOf({ labels, kinds, values, steps }: StepVector): string[] {
  const texts: string[] = []
  for (let cell = 0; cell < kinds.length; cell++) {
    if (kinds[cell] === ABSENT) continue
    texts.push(`${cell % steps} ${keyOf(labels.at(Math.floor(cell / steps)).toRecord())} ${values[cell]}`)
  }
  return texts.sort()
}

function textsOf(samples: readonly (readonly Sample[])[]): string[] {
  return samples.flatMap((step, s) => step.map(({ labels, value: v }) => `${s} ${keyOf(labels)} ${v}`)).sort()
}

function withoutEmpty(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, text]) => text !== ''))
}

/** The result, or what kind of failure it was. Which of several comes first is left open. */
function attempt(run: () => string[]): string[] | 'failed' {
  try {
    return run()
  } catch (error) {
    const text = String(error)
    if (/found duplicate series|multiple matches|same labelset/.test(text)) return 'failed'
    throw error
  }
}
