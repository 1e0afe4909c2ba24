import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { loadAppConfig } from '../../src/app-config/load-app-config.ts'
import { printAppConfig, SECTIONS } from '../../src/app-config/sections.ts'
import { loadText } from '../../src/config/load.ts'
import { printProblem } from '../../src/config/problem.ts'
import type { Problem } from '../../src/config/problem.ts'
import { defineSection } from '../../src/config/section.ts'
import { shapeOf } from '../../src/config/schema-walk.ts'
import { targetGroupSchema } from '../../src/receive/discovery/config.ts'
import { discoveryShape } from '../../src/receive/discovery/shape.ts'
import { httpClientSchema, tlsConfigSchema } from '../../src/receive/http-client/config.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

const dir = conformanceDir()
const configs = join(dir ?? '', 'prometheus/prometheus/config-testdata')
const clients = join(dir ?? '', 'prometheus/common/http-config-testdata')
const filesOf = (folder: string): readonly string[] =>
  dir === undefined ? [] : readdirSync(folder).filter((name) => /\.(ya?ml|json)$/.test(name))
const isBad = (name: string): boolean => /\.bad[.-]|\.incompatible\.|deprecated_am_api/.test(name)

const errorsOf = async (file: string): Promise<readonly Problem[]> => {
  const { problems } = await loadAppConfig({ file, overrides: [], env: {} })
  return problems.filter(({ severity }) => severity === 'error')
}

/** A problem helps when the key that it names stands on the line that it names, or is said to be missing from there. */
function pointsAtKey(problem: Problem): boolean {
  const line = readFileSync(problem.file, 'utf8').split('\n')[(problem.line ?? 0) - 1]
  const key = /([\w-]+)(?:\[\d+\])?"?\]?$/.exec(problem.path)?.[1] ?? ''
  return (
    line !== undefined &&
    (line.includes(key) ||
      (problem.path.endsWith(']') && /^\s*-/.test(line)) ||
      /must|requires|missing|empty/.test(problem.message))
  )
}

describe.skipIf(dir === undefined)('configuration files of Prometheus', () => {
  const tally = { good: 0, bad: 0 }
  afterAll(() => {
    printTally({ suite: 'config files, good', passed: tally.good, left: [] })
    printTally({ suite: 'config files, bad', passed: tally.bad, left: [] })
  })

  const all = filesOf(configs).filter((name) => name !== 'static_config.bad.yml')

  test.each(all.filter((name) => !isBad(name)))('%s loads', async (name) => {
    const { config, problems } = await loadAppConfig({ file: join(configs, name), overrides: [], env: {} })
    expect(problems.filter(({ severity }) => severity === 'error').map(printProblem)).toEqual([])
    // What is shown of it can be read again (secrets aside, which all have become `<secret>`).
    const { scrape_config_files: _, ...shown } = config as NonNullable<typeof config>
    const again = loadText('shown.yml', printAppConfig({ ...shown, scrape_config_files: [] }), SECTIONS)
    expect(again.problems.map(printProblem)).toEqual([])
    tally.good++
  })

  test.each(all.filter(isBad))('%s is refused, and told where', async (name) => {
    const errors = await errorsOf(join(configs, name))
    expect(errors.length).toBeGreaterThan(0)
    expect(errors.filter((problem) => !pointsAtKey(problem)).map(printProblem)).toEqual([])
    tally.bad++
  })

  test('static_config.bad.yml is refused as a target group', () => {
    const text = readFileSync(join(configs, 'static_config.bad.yml'), 'utf8')
    const group = defineSection({ key: 'group', summary: '', reload: 'live', schema: targetGroupSchema })
    const { problems } = loadText('static_config.bad.yml', `group:\n${text.replace(/^/gm, '  ')}`, { group })
    expect(problems.length).toBeGreaterThan(0)
    tally.bad++
  })

  test("the mission's own prometheus.yml loads, and tells of the jobs that find nothing yet", async (context) => {
    const file = join(dir ?? '', '../seed-suite/prometheus.yml')
    if (!existsSync(file)) context.skip('not beside the conformance data')
    const { config, problems } = await loadAppConfig({ file, overrides: [], env: {} })
    expect(config?.scrape_configs.map((job) => job.job_name)).toEqual(['kubernetes-nodes', 'kubernetes-pods', 'myapp'])
    expect(problems.map(({ severity, line }) => [severity, line])).toEqual([
      ['warning', 6],
      ['warning', 10],
    ])
  })
})

describe.skipIf(dir === undefined)('HTTP client files of Prometheus', () => {
  const left = [
    { name: 'http.conf.invalid-bearer-token-file.bad.yml', reason: 'the file is good; reading the token fails' },
  ]
  let passed = 0
  afterAll(() => printTally({ suite: 'HTTP client config files', passed, left }))

  const read = (name: string): readonly string[] => {
    const schema = name.startsWith('tls_config') ? tlsConfigSchema : httpClientSchema
    const section = defineSection({ key: 'it', summary: '', reload: 'live', schema })
    const text = readFileSync(join(clients, name), 'utf8').replaceAll('\t', '  ')
    return loadText(name, `it:\n${text.replace(/^/gm, '  ')}`, { it: section }).problems.map(printProblem)
  }

  const names = filesOf(clients).filter((name) => !left.some((one) => one.name === name))
  test.each(names)('%s', (name) => {
    const problems = read(name)
    expect({ refused: problems.length > 0, problems }).toEqual({ refused: isBad(name), problems })
    passed++
  })
})

interface DocumentedKind {
  readonly fields: readonly { readonly name: string }[]
}

describe.skipIf(dir === undefined)('discovery kinds of Prometheus', () => {
  const kinds = Object.entries(
    dir === undefined
      ? {}
      : (JSON.parse(readFileSync(join(dir, 'prometheus/prometheus/service-discovery.json'), 'utf8')) as Record<
          string,
          DocumentedKind
        >),
  )
  let passed = 0
  afterAll(() => printTally({ suite: 'discovery kinds known', passed, left: [] }))

  test.each(kinds)('%s is known with its keys', (kind, { fields }) => {
    const schema = (discoveryShape as Readonly<Record<string, z.ZodType>>)[`${kind}s`]
    const known = schema === undefined ? [] : keysWithin(schema)
    // The documentation's own reading of itself: names of other sections, and examples of values.
    const stray = ['stackit_sd_config', 'labels']
    expect(known.length).toBeGreaterThan(0)
    expect(fields.map(({ name }) => name).filter((name) => !known.includes(name) && !stray.includes(name))).toEqual([])
    passed++
  })
})

/** Every key that may stand somewhere in a value of the schema. */
function keysWithin(schema: z.ZodType): readonly string[] {
  const shape = shapeOf(schema)
  if (shape.kind === 'list') return keysWithin(shape.item)
  if (shape.kind === 'map') return keysWithin(shape.value)
  if (shape.kind === 'value') return []
  return Object.entries(shape.keys).flatMap(([key, inner]) => [key, ...keysWithin(inner)])
}
