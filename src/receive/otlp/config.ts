import { z } from 'zod'
import { defineSection } from '../../config/section.ts'
import type { ConfigOf } from '../../config/section.ts'
import { bytes, duration } from '../../config/values.ts'
import { parseAddress } from '../../core/address.ts'

const TRANSLATION_STRATEGIES = [
  'UnderscoreEscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'NoTranslation',
] as const

const flag = (summary: string, preset: boolean): z.ZodPrefault<z.ZodBoolean> =>
  z.boolean().prefault(preset).describe(summary)
const attributeNames = (summary: string): z.ZodPrefault<z.ZodArray<z.ZodString>> =>
  z.array(z.string()).prefault([]).describe(summary)

/** How OTLP metrics become series: Prometheus' section of the same name. Follows OTLPConfig, prometheus/config/config.go@v3.14. */
export const otlpSection = defineSection({
  key: 'otlp',
  summary: 'How OTLP metrics become series: names, labels from resource and scope, histograms',
  reload: 'live',
  schema: z
    .strictObject({
      translation_strategy: z
        .enum(TRANSLATION_STRATEGIES)
        .prefault('UnderscoreEscapingWithSuffixes')
        .describe(
          'Whether names are escaped to letters, digits and underscores, and whether unit and type are appended',
        ),
      promote_all_resource_attributes: flag('Every resource attribute becomes a label of every series', false),
      promote_resource_attributes: attributeNames('Resource attributes that become labels of every series'),
      ignore_resource_attributes: attributeNames('Exceptions from promote_all_resource_attributes'),
      keep_identifying_resource_attributes: flag(
        'target_info keeps service.name, service.namespace and service.instance.id',
        false,
      ),
      convert_histograms_to_nhcb: flag('Explicit histograms become native histograms with custom buckets', false),
      promote_scope_metadata: flag(
        'Name, version, schema URL and attributes of the scope become otel_scope_ labels',
        false,
      ),
      label_name_underscore_sanitization: flag('Puts "key" before label names that begin with one underscore', true),
      label_name_preserve_multiple_underscores: flag('Keeps runs of underscores in label names', true),
    })
    .superRefine((config, ctx) => {
      const complain = (path: string, message: string): void => ctx.addIssue({ code: 'custom', path: [path], message })
      if (config.promote_all_resource_attributes && config.promote_resource_attributes.length > 0) {
        complain(
          'promote_resource_attributes',
          "'promote_all_resource_attributes' and 'promote_resource_attributes' cannot be configured simultaneously",
        )
      }
      if (!config.promote_all_resource_attributes && config.ignore_resource_attributes.length > 0) {
        complain(
          'ignore_resource_attributes',
          "'ignore_resource_attributes' cannot be configured unless 'promote_all_resource_attributes' is true",
        )
      }
      for (const key of ['promote_resource_attributes', 'ignore_resource_attributes'] as const) {
        const names = config[key].map((name) => name.trim())
        if (names.includes('')) complain(key, 'empty OTel resource attribute')
        if (new Set(names).size < names.length) complain(key, 'duplicated OTel resource attribute')
      }
    })
    .transform((config) => ({
      ...config,
      promote_resource_attributes: config.promote_resource_attributes.map((name) => name.trim()),
      ignore_resource_attributes: config.ignore_resource_attributes.map((name) => name.trim()),
    })),
})

/** The parsed `otlp` section. */
export type OtlpConfig = ConfigOf<typeof otlpSection>

const address = (summary: string): z.ZodOptional<z.ZodString> =>
  z
    .string()
    .refine((text) => text === '' || parseAddress(text) !== undefined, {
      error: 'not an address (try 127.0.0.1:4317, [::1]:4317, :4317)',
    })
    .optional()
    .describe(summary)

/** How OTLP is received: ports, limits, delta temporality. Our own. */
export const otlpReceiverSection = defineSection({
  key: 'otlp_receiver',
  summary: 'Where OTLP is received, its limits, and what becomes of delta temporality',
  reload: 'restart',
  schema: z.strictObject({
    grpc_listen_address: address(
      'host:port of OTLP over gRPC; empty = none. By default 127.0.0.1:4317, if that is free',
    ),
    http_listen_address: address(
      'host:port of OTLP over HTTP, beside the main port; empty = none. By default 127.0.0.1:4318, if that is free',
    ),
    max_body_size: bytes.prefault('20MB').describe('Largest body of a request, as sent'),
    max_decompressed_size: bytes.prefault('64MB').describe('Largest body of a request after decompression'),
    delta_temporality: z
      .enum(['convert', 'reject'])
      .prefault('convert')
      .describe('convert: deltas are summed up to cumulative series; reject: as Prometheus without feature flags'),
    delta_max_stale: duration.prefault('5m').describe('A delta series that is silent for longer starts again at zero'),
    delta_max_series: z
      .int()
      .min(0)
      .prefault(1_000_000)
      .describe('Delta series that are kept at once; points of further ones are rejected'),
    max_cached_series: z.int().min(1).prefault(500_000).describe('Known series whose labels need not be built again'),
  }),
})

/** The parsed `otlp_receiver` section. */
export type OtlpReceiverConfig = ConfigOf<typeof otlpReceiverSection>
