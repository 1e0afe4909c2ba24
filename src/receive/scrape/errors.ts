import { defineError } from '../../core/errors.ts'

/** Why scrapes fail. Each becomes the target's last error, and `up` 0. */
const failure = { status: 502, blame: 'operator', retry: true } as const

export const badStatus = defineError<{ status: number; text: string }>({
  ...failure,
  code: 'scrape.bad_status',
  message: ({ status, text }) => `server returned HTTP status ${status} ${text}`.trim(),
  advice: 'The target must answer with 200. Check its path, credentials and log.',
})

export const timedOut = defineError<{ url: string; seconds: number }>({
  ...failure,
  code: 'scrape.timeout',
  message: ({ url, seconds }) => `Get ${JSON.stringify(url)}: context deadline exceeded (${seconds} s)`,
  advice: 'Raise scrape_timeout, or make the target answer faster.',
})

export const bodyTooLarge = defineError<{ limit: number }>({
  ...failure,
  code: 'scrape.body_size_limit',
  message: ({ limit }) => `body size limit exceeded (limit: ${limit} bytes)`,
  advice: 'Raise body_size_limit, or make the target expose less.',
})

export const badEncoding = defineError<{ detail: string }>({
  ...failure,
  code: 'scrape.bad_encoding',
  message: ({ detail }) => `could not decompress the page: ${detail}`,
  advice: 'The target says gzip and sends something else, or broke off.',
})

export const tooManySamples = defineError<{ limit: number }>({
  ...failure,
  code: 'scrape.sample_limit',
  message: ({ limit }) => `sample limit exceeded (limit: ${limit})`,
  advice: 'Raise sample_limit, or drop series with metric_relabel_configs.',
})

export const tooManyBuckets = defineError<{ limit: number }>({
  ...failure,
  code: 'scrape.bucket_limit',
  message: ({ limit }) => `histogram bucket limit exceeded (limit: ${limit})`,
  advice: 'Raise native_histogram_bucket_limit, or let the target make coarser histograms.',
})

export const labelLimit = defineError<{ detail: string }>({
  ...failure,
  code: 'scrape.label_limit',
  message: ({ detail }) => detail,
  advice: 'Raise the limit, or cut labels with metric_relabel_configs.',
})

export const badSeries = defineError<{ detail: string }>({
  ...failure,
  code: 'scrape.bad_series',
  message: ({ detail }) => detail,
  advice: 'Every series needs a metric name, and names valid under metric_name_validation_scheme.',
})

export const tooManyTargets = defineError<{ targets: number; limit: number }>({
  ...failure,
  code: 'scrape.target_limit',
  message: ({ targets, limit }) => `target_limit exceeded (number of targets: ${targets}, limit: ${limit})`,
  advice: 'Raise target_limit, or drop targets with relabel_configs. Until then no target of the job is scraped.',
})

/** The page was read, but could not be stored. */
export const notAppended = defineError<{ detail: string }>({
  ...failure,
  code: 'scrape.append_failed',
  message: ({ detail }) => `append failed: ${detail}`,
  advice: 'The store takes data more slowly than it arrives, or not at all: see the store’s own errors.',
})

export const badTarget = defineError<{ detail: string }>({
  ...failure,
  code: 'scrape.bad_target',
  message: ({ detail }) => detail,
  advice: 'Correct the target’s labels, or the relabel_configs that make them.',
})
