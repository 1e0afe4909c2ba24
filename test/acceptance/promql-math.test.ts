/** Math functions against a real Prometheus on this processor: every result is the same to the bit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { goExp, goLog, goLog10, goLog2, goMax, goMin, goMod, goPow } from '../../src/query/promql/functions/go-math.ts'
import {
  goAcos,
  goAcosh,
  goAsin,
  goAsinh,
  goAtan,
  goAtan2,
  goAtanh,
  goCos,
  goCosh,
  goSin,
  goSinh,
  goTan,
  goTanh,
} from '../../src/query/promql/functions/go-trigonometry.ts'
import { seriesOfNumbers } from '../../src/query/promql/functions/columns.ts'
import { timeFunctions } from '../../src/query/promql/functions/time.ts'
import type { Evaluation } from '../../src/query/promql/eval/context.ts'
import type { Value } from '../../src/query/promql/eval/vector.ts'
import type { Call } from '../../src/query/promql/syntax/ast.ts'
import { freePort, runChild } from '../support/child.ts'
import { eventually } from '../support/eventually.ts'
import { HOW_TO_GET_PEERS, peer } from '../support/peers.ts'

const program = peer('prometheus')
if (program === undefined) console.log(HOW_TO_GET_PEERS)

/** Arguments are `time() * factor`: the step makes mantissas vary, the factor puts them where a function does different things. */
const POINTS = 4000
const START_MS = 1_000_003
const STEP_MS = 7919
const seconds = Array.from({ length: POINTS }, (_, i) => (START_MS + i * STEP_MS) / 1000)

const WIDE = [
  1e-310, 1.1e-305, 3.3e-12, 1.0000001e-9, 2.2e-8, 1.234567e-6, 4.321e-5, 0.00317, 0.0217, 1.7, 31337.1, 7.7e8, 3e60,
  7e299,
]
const UP_TO_ONE = [1e-310, 1e-12, 1e-9, 3.1e-9, 1.1e-8, 2.2e-8, 3.05e-8, 3.13e-8]
const AROUND_700 = [1.234567e-6, 2.1e-5, 2.23e-5, 2.4e-5]
const EXPONENTS = [0.37, 2.000001e-5, 1.3e-6, 4.04e-6]

const both = (factors: readonly number[]): readonly number[] => [...factors, ...factors.map((factor) => -factor)]

const UNARY: readonly [name: string, ours: (x: number) => number, factors: readonly number[]][] = [
  ['exp', goExp, both([...WIDE, ...AROUND_700])],
  ['ln', goLog, WIDE],
  ['log2', goLog2, WIDE],
  ['log10', goLog10, WIDE],
  ['sqrt', Math.sqrt, WIDE],
  ['floor', Math.floor, both(WIDE)],
  ['ceil', Math.ceil, both(WIDE)],
  ['sin', goSin, both(WIDE)],
  ['cos', goCos, both(WIDE)],
  ['tan', goTan, both(WIDE)],
  ['atan', goAtan, both(WIDE)],
  ['asin', goAsin, both(UP_TO_ONE)],
  ['acos', goAcos, both(UP_TO_ONE)],
  ['sinh', goSinh, both([...WIDE, ...AROUND_700])],
  ['cosh', goCosh, both([...WIDE, ...AROUND_700])],
  ['tanh', goTanh, both(WIDE)],
  ['asinh', goAsinh, both(WIDE)],
  ['acosh', goAcosh, WIDE],
  ['atanh', goAtanh, both(UP_TO_ONE)],
]

/** Parts of times, through the functions themselves. */
const DATE_PARTS = [
  'year',
  'month',
  'day_of_month',
  'day_of_year',
  'day_of_week',
  'days_in_month',
  'hour',
  'minute',
] as const
const TIMES = both([1e-3, 1, 31337.1, 7.7e6, 1.3e9, 3.3e12])

const GRID = { start: 0, step: 1, count: 1 }

function datePart(name: string, second: number): number {
  const evaluation = { grid: GRID } as Evaluation
  const value: Value = { type: 'vector', vector: seriesOfNumbers(Float64Array.of(second)) }
  const result = timeFunctions[name]?.evaluate([value], {} as Call, evaluation)
  return result?.type === 'vector' ? (result.vector.values[0] as number) : NaN
}

const BINARY: readonly [query: (x: string, y: string) => string, ours: (x: number, y: number) => number][] = [
  [(x, y) => `${x} ^ ${y}`, goPow],
  [(x, y) => `${x} % ${y}`, goMod],
  [(x, y) => `${x} atan2 ${y}`, goAtan2],
]

const SPECIAL = [
  'NaN',
  'Inf',
  '-Inf',
  '0',
  '-0',
  '1',
  '-1',
  '0.5',
  '-0.5',
  '2',
  '3',
  '-3',
  '1e300',
  '-127',
  '-128',
  '128',
  '5e-324',
  '1e19',
]
const numberOf = (text: string): number =>
  text.endsWith('Inf') ? (text === 'Inf' ? Infinity : -Infinity) : Number(text)

/** A number as it is compared: zeros by sign, NaN once. */
const shown = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

describe.skipIf(program === undefined)('math functions', () => {
  let server: Awaited<ReturnType<typeof startPrometheus>>
  beforeAll(async () => {
    server = await startPrometheus(program as string)
  })
  afterAll(() => server.stop())

  test.each(UNARY)('%s is equal to the bit', async (name, ours, factors) => {
    for (const factor of factors) {
      const got = await server.range(`${name}(vector(time() * ${factor}))`)
      expect(
        differences(
          got,
          (t) => ours(t * factor),
          (t) => t * factor,
        ),
      ).toEqual([])
    }
    for (const text of SPECIAL) {
      const got = await server.instant(`${name}(vector(${text}))`)
      expect([text, got]).toEqual([text, shown(ours(numberOf(text)))])
    }
  })

  test.each(BINARY)('%s is equal to the bit', async (query, ours) => {
    for (const x of both([3.3e-12, 4.321e-5, 0.0217, 7.7e8])) {
      for (const y of both([...EXPONENTS, 1e-9, 31.1])) {
        const got = await server.range(query(`(time() * ${x})`, `(time() * ${y})`))
        expect(
          differences(
            got,
            (t) => ours(t * x, t * y),
            (t) => `${t * x}, ${t * y}`,
          ),
        ).toEqual([])
      }
    }
    for (const x of SPECIAL) {
      for (const y of SPECIAL) {
        const got = await server.instant(query(`(${x})`, `(${y})`))
        expect([x, y, got]).toEqual([x, y, shown(ours(numberOf(x), numberOf(y)))])
      }
    }
  })

  test.each(DATE_PARTS)('%s is equal', async (name) => {
    for (const factor of TIMES) {
      const got = await server.range(`${name}(vector(time() * ${factor}))`)
      expect(
        differences(
          got,
          (t) => datePart(name, t * factor),
          (t) => t * factor,
        ),
      ).toEqual([])
    }
    for (const text of [...SPECIAL, '9.3e18', '9.2e18', '-9.2e18', '-1e19']) {
      const got = await server.instant(`${name}(vector(${text}))`)
      expect([text, got]).toEqual([text, shown(datePart(name, numberOf(text)))])
    }
  })

  test('whole exponents are equal to the bit', async () => {
    for (const y of ['-128', '-127', '-31', '3', '17', '127', '128', '1000']) {
      const got = await server.range(`(time() * 4.321e-5) ^ (${y})`)
      expect(
        differences(
          got,
          (t) => goPow(t * 4.321e-5, Number(y)),
          (t) => `${t} ^ ${y}`,
        ),
      ).toEqual([])
    }
  })

  test('clamps with infinities and NaN as Go compares them', async () => {
    for (const x of SPECIAL) {
      for (const bound of SPECIAL) {
        expect(await server.instant(`clamp_max(vector(${x}), ${bound})`)).toBe(
          shown(goMax(-Infinity, goMin(numberOf(bound), numberOf(x)))),
        )
      }
    }
  })
})

function differences(
  got: readonly string[],
  ours: (t: number) => number,
  argument: (t: number) => string | number,
): string[] {
  expect(got).toHaveLength(POINTS)
  return got
    .flatMap((theirs, i) => {
      const t = seconds[i] as number
      const value = shown(ours(t))
      return value === theirs ? [] : [`${argument(t)}: ${theirs} and not ${value}`]
    })
    .slice(0, 3)
}

/** Series, or a scalar's time and value. */
type Answer = readonly (
  | number
  | string
  | { readonly value?: readonly [number, string]; readonly values?: readonly (readonly [number, string])[] }
)[]

async function startPrometheus(file: string) {
  const folder = mkdtempSync(join(tmpdir(), 'bongsu-math-'))
  writeFileSync(join(folder, 'prometheus.yml'), '')
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const child = runChild(file, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ])
  await eventually('prometheus is ready', async () => ((await fetch(`${base}/-/ready`)).ok ? true : undefined))
  const ask = async (path: string, parameters: Record<string, string>): Promise<Answer> => {
    const response = await fetch(`${base}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(parameters) })
    const body = (await response.json()) as { status: string; error?: string; data: { result: Answer } }
    if (body.status !== 'success') throw new Error(body.error)
    return body.data.result
  }
  const plain = (value: string): string => shown(numberOf(value.replace('+', '')))
  return {
    range: async (query: string): Promise<string[]> => {
      const end = (START_MS + (POINTS - 1) * STEP_MS) / 1000
      const result = await ask('query_range', {
        query,
        start: String(START_MS / 1000),
        end: String(end),
        step: String(STEP_MS / 1000),
      })
      const [series] = result
      return typeof series === 'object' ? (series.values ?? []).map(([, value]) => plain(value)) : []
    },
    instant: async (query: string): Promise<string> => {
      const result = await ask('query', { query, time: '1000' })
      const [series, scalar] = result
      return plain((typeof series === 'object' ? series.value?.[1] : undefined) ?? (scalar as string))
    },
    stop: async () => {
      await child.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
