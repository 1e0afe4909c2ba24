import { defineError } from '../../core/errors.ts'
import type { EscapingScheme } from './escaping.ts'
import { quoteText } from './go-quote.ts'
import { parseMediaType } from './media-type.ts'

/** What a scrape may ask a target for, by the names of Prometheus' configuration. */
export type ScrapeProtocol = (typeof SCRAPE_PROTOCOLS)[number]

/**
 * All of them, in the order in which they are asked for where native histograms or start timestamps are wanted, which only the
 * first one carries.
 */
export const SCRAPE_PROTOCOLS = [
  'PrometheusProto',
  'OpenMetricsText1.0.0',
  'OpenMetricsText0.0.1',
  'PrometheusText1.0.0',
  'PrometheusText0.0.4',
] as const

/** What is asked for when the configuration does not say, in order of preference. */
export const TEXT_PROTOCOLS: readonly ScrapeProtocol[] = SCRAPE_PROTOCOLS.slice(1)

/** How the bytes of a page are read. */
export type PageFormat = 'protobuf' | 'openmetrics' | 'text'

const OPENMETRICS = 'application/openmetrics-text'
const PROTOBUF = 'application/vnd.google.protobuf'
const TEXT = 'text/plain'

interface ProtocolOnTheWire {
  readonly mediaType: string
  readonly parameters: string
  /** Whether it may carry UTF-8 names, and so says how it wants them. */
  readonly escapes: boolean
}

const PROTOCOLS: Readonly<Record<ScrapeProtocol, ProtocolOnTheWire>> = {
  PrometheusProto: {
    mediaType: PROTOBUF,
    parameters: 'proto=io.prometheus.client.MetricFamily;encoding=delimited',
    escapes: false,
  },
  'OpenMetricsText1.0.0': { mediaType: OPENMETRICS, parameters: 'version=1.0.0', escapes: true },
  'OpenMetricsText0.0.1': { mediaType: OPENMETRICS, parameters: 'version=0.0.1', escapes: false },
  'PrometheusText1.0.0': { mediaType: TEXT, parameters: 'version=1.0.0', escapes: true },
  'PrometheusText0.0.4': { mediaType: TEXT, parameters: 'version=0.0.4', escapes: false },
}

const FORMATS: ReadonlyMap<string, PageFormat> = new Map([
  [OPENMETRICS, 'openmetrics'],
  [PROTOBUF, 'protobuf'],
  [TEXT, 'text'],
])

/** The Accept header of a scrape. Follows acceptHeader, prometheus/scrape/scrape.go@v3. */
export function acceptHeader(protocols: readonly ScrapeProtocol[], escaping: EscapingScheme): string {
  let weight = SCRAPE_PROTOCOLS.length + 1
  const offers = protocols.map((protocol) => {
    const { mediaType, parameters, escapes } = PROTOCOLS[protocol]
    return `${mediaType};${parameters}${escapes ? `;escaping=${escaping}` : ''};q=0.${weight--}`
  })
  return [...offers, `*/*;q=0.${weight}`].join(',')
}

/** A page whose Content-Type does not say how to read it, from a target without `fallback_scrape_protocol`. */
export const unsupportedContentType = defineError<{ text: string }>({
  code: 'exposition.unsupported_content_type',
  status: 415,
  blame: 'operator',
  retry: false,
  message: ({ text }) => text,
  advice: 'Let the target send a Content-Type of an exposition format, or set fallback_scrape_protocol for it.',
})

export interface ChosenFormat {
  readonly format: PageFormat
  /** Why the fallback was taken: worth a line in the log at debug level. */
  readonly warning: string | undefined
}

/**
 * How to read a page with this Content-Type ('' or undefined when there is none). Throws `exposition.unsupported_content_type`
 * where only a fallback could help and there is none. Follows extractMediaType, prometheus/model/textparse/interface.go@v3.
 */
export function chooseFormat(contentType: string | undefined, fallback: ScrapeProtocol | undefined): ChosenFormat {
  if (contentType === undefined || contentType === '') {
    return takeFallback(fallback, {
      failed:
        'non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target',
      warned: 'non-compliant scrape target sending blank Content-Type',
    })
  }
  const quoted = quoteText(contentType)
  const parsed = parseMediaType(contentType)
  if (typeof parsed === 'string') {
    return takeFallback(fallback, {
      failed: `cannot parse Content-Type ${quoted} and no fallback_scrape_protocol for target\n${parsed}`,
      warned: `could not parse received Content-Type ${quoted}`,
      reason: parsed,
    })
  }
  const format = FORMATS.get(parsed.type)
  if (format !== undefined) return { format, warning: undefined }
  return takeFallback(fallback, {
    failed: `received unsupported Content-Type ${quoted} and no fallback_scrape_protocol specified for target`,
    warned: `received unsupported Content-Type ${quoted}`,
  })
}

function takeFallback(
  fallback: ScrapeProtocol | undefined,
  { failed, warned, reason }: { readonly failed: string; readonly warned: string; readonly reason?: string },
): ChosenFormat {
  if (fallback === undefined) throw unsupportedContentType({ text: failed })
  const { mediaType } = PROTOCOLS[fallback]
  const warning = `${warned}, using fallback_scrape_protocol ${quoteText(mediaType)}`
  return {
    format: FORMATS.get(mediaType) as PageFormat,
    warning: reason === undefined ? warning : `${warning}\n${reason}`,
  }
}
