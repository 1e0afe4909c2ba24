import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MemoryMetrics } from '../../../test/support/memory-metrics.ts'
import { anyMetricsRequest } from '../../../test/support/otlp-arbitrary.ts'
import { encodeMetricsRequest } from '../../../test/support/otlp-message.ts'
import { TestClock } from '../../../test/support/test-clock.ts'
import type { OtlpEncoding } from '../../codec/otlp/response.ts'
import { BongsuError } from '../../core/errors.ts'
import { Telemetry } from '../../core/telemetry.ts'
import { durationMs } from '../../core/time.ts'
import { DEFAULT_TENANT } from '../../model/tenant.ts'
import { otlpReceiverSection, otlpSection } from './config.ts'
import { OtlpMetrics } from './metrics-service.ts'

const CONFIGS: readonly object[] = [
  {},
  { translation_strategy: 'NoTranslation', promote_all_resource_attributes: true, promote_scope_metadata: true },
  { translation_strategy: 'NoUTF8EscapingWithSuffixes', convert_histograms_to_nhcb: true },
]

/** Sends bodies one after the other to a service of their own; what was kept and what was answered, as plain data. */
async function outcome(config: object, bodies: readonly { body: Buffer; encoding: OtlpEncoding }[]): Promise<unknown> {
  const next = new MemoryMetrics()
  const options = {
    otlp: otlpSection.schema.parse(config),
    receiver: otlpReceiverSection.schema.parse({}),
    lookback: durationMs(300_000),
  }
  const service = new OtlpMetrics(options, { next, clock: new TestClock(), telemetry: new Telemetry() })
  const answers: unknown[] = []
  for (const { body, encoding } of bodies) {
    const signal = new AbortController().signal
    answers.push(await service.export({ body, encoding, transport: 'http', tenant: DEFAULT_TENANT, signal }))
  }
  const kept = next.all().map((series) => ({ ...series, labels: series.labels.toString() }))
  return { answers, kept, metadata: [...next.metadata().values()] }
}

const PROPER = /^(?:none|codec\.otlp_undecodable|codec\.protobuf_malformed)$/

const json = (request: unknown): { body: Buffer; encoding: OtlpEncoding } => ({
  body: Buffer.from(JSON.stringify(request)),
  encoding: 'json',
})
const protobuf = (body: Buffer): { body: Buffer; encoding: OtlpEncoding } => ({ body, encoding: 'protobuf' })

describe('whatever is sent', { timeout: 60_000 }, () => {
  test('means the same in JSON, in protobuf and in protobuf written backwards', async () => {
    await fc.assert(
      fc.asyncProperty(anyMetricsRequest, fc.constantFrom(...CONFIGS), async (request, config) => {
        const want = await outcome(config, [json(request)])
        expect(await outcome(config, [protobuf(encodeMetricsRequest(request))])).toEqual(want)
        expect(await outcome(config, [protobuf(encodeMetricsRequest(request, { backwards: true }))])).toEqual(want)
      }),
      { numRuns: 100 },
    )
  })

  test('means the same to a service that knows its series', async () => {
    await fc.assert(
      fc.asyncProperty(anyMetricsRequest, anyMetricsRequest, async (first, second) => {
        const bodies = [first, second, first].map((request) => protobuf(encodeMetricsRequest(request)))
        const warm = await outcome({}, bodies)
        // JSON has longer lengths inside, so that each series is known under bytes of its own.
        const other = await outcome({}, [json(first), protobuf(encodeMetricsRequest(second)), json(first)])
        expect(other).toEqual(warm)
      }),
      { numRuns: 100 },
    )
  })

  test('is refused with an error of the catalogue when it is damaged', async () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(anyMetricsRequest, damage, fc.nat(), async (request, bytes, cut) => {
        const body = encodeMetricsRequest(request)
        for (const [at, byte] of bytes) if (body.length > 0) body[at % body.length] = byte
        expect(await refusal(protobuf(body))).toMatch(PROPER)
        expect(await refusal(protobuf(body.subarray(0, cut % (body.length + 1))))).toMatch(PROPER)
      }),
      { numRuns: 150 },
    )
  })

  test('is refused with an error of the catalogue when it is noise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.json(), async (noise, text) => {
        expect(await refusal(protobuf(Buffer.from(noise)))).toMatch(PROPER)
        expect(await refusal({ body: Buffer.from(noise), encoding: 'json' })).toMatch(PROPER)
        expect(await refusal({ body: Buffer.from(text), encoding: 'json' })).toMatch(PROPER)
        expect(
          await refusal({ body: Buffer.from(`{"resourceMetrics":[{"scopeMetrics":[${text}]}]}`), encoding: 'json' }),
        ).toMatch(PROPER)
      }),
      { numRuns: 150 },
    )
  })
})

/** The code of the error that a body is refused with; 'none' when it is taken, something else when that was no proper refusal. */
async function refusal(body: { body: Buffer; encoding: OtlpEncoding }): Promise<string> {
  try {
    await outcome({}, [body])
    return 'none'
  } catch (error) {
    return error instanceof BongsuError && error.status === 400 ? error.code : `defect: ${String(error)}`
  }
}
