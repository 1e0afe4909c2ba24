import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { descriptionOf } from '../scripts/docs/config-page.ts'
import { errorDefinitions } from '../scripts/docs/errors-page.ts'
import { metricsPage } from '../scripts/docs/metrics-page.ts'
import { stalePages } from '../scripts/docs/pages.ts'
import { SECTIONS } from '../src/app-config/sections.ts'
import { shapeOf } from '../src/config/schema-walk.ts'
import { foreignSdShape } from '../src/receive/discovery/foreign.ts'
import { Telemetry } from '../src/core/telemetry.ts'

describe('generated pages', () => {
  test('are up to date (else: npm run docs)', async () => {
    expect(await stalePages()).toEqual([])
  })

  test('every key says what it is', () => {
    const silent: string[] = []
    const visit = (schema: z.ZodType, path: string): void => {
      const shape = shapeOf(schema)
      if (shape.kind === 'list') visit(shape.item, `${path}[]`)
      if (shape.kind === 'map') visit(shape.value, `${path}.*`)
      if (shape.kind !== 'object') return
      for (const [key, inner] of Object.entries(shape.keys)) {
        if (descriptionOf(inner) === '') silent.push(`${path}.${key}`)
        if (!(key in foreignSdShape)) visit(inner, `${path}.${key}`)
      }
    }
    for (const [key, { schema }] of Object.entries(SECTIONS)) visit(schema, key)
    expect(silent).toEqual([])
  })

  test('every error has a code of its own, and says what would be right', async () => {
    const definitions = await errorDefinitions()
    expect(definitions.length).toBeGreaterThan(10)
    expect(new Set(definitions.map(({ code }) => code)).size).toBe(definitions.length)
    for (const { code, advice } of definitions) {
      expect(code).toMatch(/^[a-z0-9_]+\.[a-z0-9_]+$/)
      expect(advice.length).toBeGreaterThan(10)
    }
  })

  test('metrics are listed with their labels', () => {
    const telemetry = new Telemetry()
    telemetry.counter({ name: 'bongsu_x_total', help: 'Counts | x.', labels: ['a', 'b'] })
    expect(metricsPage(telemetry.describe())).toContain('| `bongsu_x_total` | counter | `a`, `b` | Counts \\| x. |')
  })
})
