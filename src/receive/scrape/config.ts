/**
 * `global` and `scrape_configs`, with the keys, defaults and inheritance of Prometheus 3.14 (prometheus/config/config.go).
 * A job as it stands in the file is a `ScrapeJobInput`; `inheritGlobal` makes the `ScrapeConfig` that the scraper runs on.
 */
import { z } from 'zod'
import { ESCAPING_SCHEMES } from '../../codec/exposition/escaping.ts'
import type { EscapingScheme } from '../../codec/exposition/escaping.ts'
import { SCRAPE_PROTOCOLS, TEXT_PROTOCOLS } from '../../codec/exposition/protocols.ts'
import { defineSection } from '../../config/section.ts'
import { count, duration, outputPath, sizeWithUnit } from '../../config/values.ts'
import { durationMs, printDuration } from '../../core/time.ts'
import { relabelFaults, relabelSchema } from '../../pipeline/relabel/config.ts'
import type { RelabelConfig } from '../../pipeline/relabel/config.ts'
import { checkStaticTargets, discoveryShape } from '../discovery/shape.ts'
import { checkHttpClient, foldBearerToken, httpClientShape } from '../http-client/config.ts'

const scrapeProtocol = z.enum(SCRAPE_PROTOCOLS, {
  error: ({ input }) => `unknown scrape protocol ${JSON.stringify(input)}, supported: ${SCRAPE_PROTOCOLS.join(', ')}`,
})
const scrapeProtocols = z
  .array(scrapeProtocol)
  .min(1, { error: 'scrape_protocols cannot be empty' })
  .refine((all) => new Set(all).size === all.length, { error: 'duplicated protocol in scrape_protocols' })
const nameScheme = z.enum(['utf8', 'legacy'], { error: "must be 'utf8' or 'legacy'" })
const escapingScheme = z.enum(ESCAPING_SCHEMES)

/** Keys that stand in `global` and, overriding it, in a job. 0 counts as left out, as upstream. */
const sharedShape = {
  scrape_protocols: scrapeProtocols.optional().describe('formats to ask for, the most wanted first'),
  body_size_limit: sizeWithUnit
    .prefault('0')
    .describe('a larger body, uncompressed, fails the scrape; 0: 256MB, a guard of our memory'),
  sample_limit: count.prefault(0).describe('more samples after metric relabeling fail the scrape; 0: no limit'),
  target_limit: count.prefault(0).describe('more targets after relabeling fail all scrapes of the job; 0: no limit'),
  label_limit: count.prefault(0).describe('a series with more labels fails the scrape; 0: no limit'),
  label_name_length_limit: count.prefault(0).describe('a longer label name fails the scrape; 0: no limit'),
  label_value_length_limit: count.prefault(0).describe('a longer label value fails the scrape; 0: no limit'),
  keep_dropped_targets: count.prefault(0).describe('how many targets dropped by relabeling are remembered; 0: all'),
  scrape_failure_log_file: outputPath.optional().describe('file that failed scrapes are logged to'),
  metric_name_validation_scheme: nameScheme.optional().describe('utf8, or legacy for names of [a-zA-Z0-9_:] only'),
  metric_name_escaping_scheme: escapingScheme.optional().describe('how targets are asked to escape other names'),
  scrape_native_histograms: z.boolean().optional().describe('ask for native histograms, and keep them'),
  convert_classic_histograms_to_nhcb: z.boolean().optional().describe('make native histograms of classic ones'),
  always_scrape_classic_histograms: z.boolean().optional().describe('keep classic histograms beside native ones'),
  extra_scrape_metrics: z.boolean().optional().describe('store scrape_timeout_seconds and the like for each target'),
}

export const globalSection = defineSection({
  key: 'global',
  summary: 'What holds for every scrape job and rule group that does not say otherwise.',
  reload: 'live',
  schema: z
    .strictObject({
      scrape_interval: duration.prefault('1m').describe('how often targets are scraped'),
      scrape_timeout: duration
        .optional()
        .describe('how long a scrape may take; 10s, or the interval when that is shorter'),
      evaluation_interval: duration
        .prefault('1m')

        .describe('how often rules are evaluated, once they are: see rule_files'),
      rule_query_offset: duration
        .prefault('0s')

        .describe('how far in the past rules are evaluated, once they are'),
      external_labels: z
        .record(z.string().min(1, { error: 'a label name must not be empty' }), z.string())
        .prefault({})
        .describe('labels added to what leaves for other systems; ${NAME} takes an environment variable'),
      query_log_file: outputPath
        .optional()
        .meta({ notActedOn: { why: 'not acted on yet: queries are not logged to a file' } })
        .describe('file that queries are logged to'),
      ...sharedShape,
    })
    .transform((given) => ({
      ...given,
      scrape_interval: given.scrape_interval === 0 ? durationMs(60_000) : given.scrape_interval,
      evaluation_interval: given.evaluation_interval === 0 ? durationMs(60_000) : given.evaluation_interval,
      scrape_native_histograms: given.scrape_native_histograms ?? false,
      convert_classic_histograms_to_nhcb: given.convert_classic_histograms_to_nhcb ?? false,
      always_scrape_classic_histograms: given.always_scrape_classic_histograms ?? false,
      extra_scrape_metrics: given.extra_scrape_metrics ?? false,
      metric_name_validation_scheme: given.metric_name_validation_scheme ?? 'utf8',
    }))
    .transform((given) => ({
      ...given,
      scrape_timeout: timeoutOf(given.scrape_timeout, 10_000, given.scrape_interval),
    }))
    .superRefine(({ scrape_timeout: timeout, scrape_interval: interval }, ctx) => {
      if (timeout <= interval) return
      const message = `global scrape timeout greater than scrape interval (${printDuration(interval)})`
      ctx.addIssue({ code: 'custom', path: ['scrape_timeout'], message })
    }),
})
export type GlobalConfig = z.output<typeof globalSection.schema>

export const scrapeJobSchema = z
  .strictObject({
    job_name: z
      .string({ error: 'job_name is empty' })
      .min(1, { error: 'job_name is empty' })
      .describe('name of the job, unique; the label job of its targets'),
    scrape_interval: duration.optional().describe("how often; global's by default"),
    scrape_timeout: duration.optional().describe("how long a scrape may take; global's, or the interval when shorter"),
    fallback_scrape_protocol: scrapeProtocol.optional().describe('format of answers with no known content type'),
    metrics_path: z.string().prefault('/metrics').describe('path to scrape'),
    scheme: z.string().prefault('http').describe('http or https'),
    params: z.record(z.string(), z.array(z.string())).prefault({}).describe('query parameters of a scrape'),
    honor_labels: z.boolean().prefault(false).describe("keep a target's own labels where they clash"),
    honor_timestamps: z.boolean().prefault(true).describe("keep a target's own timestamps"),
    track_timestamps_staleness: z.boolean().prefault(false).describe('mark gone series stale even with own timestamps'),
    enable_compression: z.boolean().prefault(true).describe('ask for compressed answers'),
    native_histogram_bucket_limit: count.prefault(0).describe('larger native histograms are merged down; 0: no limit'),
    native_histogram_min_bucket_factor: z.number().prefault(0).describe('narrower buckets are merged; 0: no limit'),
    ...sharedShape,
    ...httpClientShape,
    ...discoveryShape,
    relabel_configs: z.array(relabelSchema).prefault([]).describe('rules for the labels of targets, before the scrape'),
    metric_relabel_configs: z.array(relabelSchema).prefault([]).describe('rules for the labels of scraped series'),
  })
  .superRefine(checkHttpClient)
  .superRefine(checkStaticTargets)
  .transform(foldBearerToken)

/** A job as the file has it. */
export type ScrapeJobInput = z.output<typeof scrapeJobSchema>

export const scrapeSection = defineSection({
  key: 'scrape_configs',
  summary: 'The jobs: what is scraped, how, and how often.',
  reload: 'live',
  schema: z.array(scrapeJobSchema).prefault([]),
})

type Inherited =
  | 'scrape_interval'
  | 'scrape_timeout'
  | 'scrape_protocols'
  | 'metric_name_validation_scheme'
  | 'metric_name_escaping_scheme'
  | 'scrape_native_histograms'
  | 'convert_classic_histograms_to_nhcb'
  | 'always_scrape_classic_histograms'
  | 'extra_scrape_metrics'

/** A job with what `global` says filled in: nothing that can be inherited is left open. Is an `HttpClientConfig` too. */
export type ScrapeConfig = Omit<ScrapeJobInput, Inherited> & {
  readonly [K in Inherited]-?: NonNullable<ScrapeJobInput[K]>
}

/** Fills a job's gaps from `global`. Follows ScrapeConfig.Validate. What is wrong with the result: `scrapeFaults`. */
export function inheritGlobal(job: ScrapeJobInput, global: GlobalConfig): ScrapeConfig {
  const interval = nonZero(job.scrape_interval) ?? global.scrape_interval
  const natives = job.scrape_native_histograms ?? global.scrape_native_histograms
  return {
    ...job,
    scrape_interval: interval,
    scrape_timeout: timeoutOf(job.scrape_timeout, global.scrape_timeout, interval),
    scrape_protocols: job.scrape_protocols ??
      global.scrape_protocols ?? [...(natives ? SCRAPE_PROTOCOLS : TEXT_PROTOCOLS)],
    body_size_limit: job.body_size_limit || global.body_size_limit,
    sample_limit: job.sample_limit || global.sample_limit,
    target_limit: job.target_limit || global.target_limit,
    label_limit: job.label_limit || global.label_limit,
    label_name_length_limit: job.label_name_length_limit || global.label_name_length_limit,
    label_value_length_limit: job.label_value_length_limit || global.label_value_length_limit,
    keep_dropped_targets: job.keep_dropped_targets || global.keep_dropped_targets,
    scrape_failure_log_file: job.scrape_failure_log_file || global.scrape_failure_log_file,
    scrape_native_histograms: natives,
    convert_classic_histograms_to_nhcb:
      job.convert_classic_histograms_to_nhcb ?? global.convert_classic_histograms_to_nhcb,
    always_scrape_classic_histograms: job.always_scrape_classic_histograms ?? global.always_scrape_classic_histograms,
    extra_scrape_metrics: job.extra_scrape_metrics ?? global.extra_scrape_metrics,
    metric_name_validation_scheme: job.metric_name_validation_scheme ?? global.metric_name_validation_scheme,
    metric_name_escaping_scheme: escapingOf(job, global),
  }
}

/** What is wrong with a job once `global` is filled in; `path` starts inside the job. */
export function scrapeFaults(job: ScrapeConfig): readonly { path: readonly (string | number)[]; message: string }[] {
  const faults: { path: readonly (string | number)[]; message: string }[] = []
  if (job.scrape_timeout > job.scrape_interval) {
    const interval = printDuration(job.scrape_interval)
    const message = `scrape timeout greater than scrape interval (${interval}) for scrape config with job name ${JSON.stringify(job.job_name)}`
    faults.push({ path: ['scrape_timeout'], message })
  }
  if (job.metric_name_validation_scheme === 'legacy') {
    if (job.metric_name_escaping_scheme === 'allow-utf-8') {
      const message = 'utf8 metric names requested but validation scheme is not set to UTF8'
      faults.push({ path: ['metric_name_escaping_scheme'], message })
    }
    for (const key of ['relabel_configs', 'metric_relabel_configs'] as const)
      faults.push(...legacyFaults(key, job[key]))
  }
  return faults
}

function legacyFaults(
  key: string,
  rules: readonly RelabelConfig[],
): { path: readonly (string | number)[]; message: string }[] {
  return rules.flatMap((rule, i) =>
    relabelFaults(rule, 'legacy').map((fault) => ({
      path: fault.key === undefined ? [key, i] : [key, i, fault.key],
      message: fault.message,
    })),
  )
}

// A job that only says `legacy` must not inherit an escaping that legacy names can't have.
function escapingOf(job: ScrapeJobInput, global: GlobalConfig): EscapingScheme {
  const own = job.metric_name_escaping_scheme
  if (own !== undefined) return own
  if (job.metric_name_validation_scheme === undefined && global.metric_name_escaping_scheme !== undefined) {
    return global.metric_name_escaping_scheme
  }
  const scheme = job.metric_name_validation_scheme ?? global.metric_name_validation_scheme
  return scheme === 'legacy' ? 'underscores' : 'allow-utf-8'
}

function timeoutOf(own: number | undefined, inherited: number, interval: number): ScrapeConfig['scrape_timeout'] {
  return durationMs(nonZero(own) ?? Math.min(inherited, interval))
}

function nonZero<N extends number>(value: N | undefined): N | undefined {
  return value === 0 ? undefined : value
}
