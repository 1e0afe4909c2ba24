import { ESCAPING_SCHEMES } from './escaping.ts'
import type { EscapingScheme } from './escaping.ts'

/** A format that pages are written in. */
export type WriteFormat = 'text' | 'openmetrics-1.0.0' | 'openmetrics-0.0.1' | 'protobuf'

/** Format, name escaping and Content-Type of an answer. */
export interface Negotiated {
  readonly format: WriteFormat
  readonly escaping: EscapingScheme
  readonly contentType: string
}

interface Offer {
  readonly type: string
  readonly subtype: string
  readonly parameters: Readonly<Record<string, string>>
  readonly contentType: string
}

const OFFERS: Readonly<Record<WriteFormat, Offer>> = {
  text: {
    type: 'text',
    subtype: 'plain',
    parameters: { version: '0.0.4' },
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
  },
  'openmetrics-1.0.0': {
    type: 'application',
    subtype: 'openmetrics-text',
    parameters: { version: '1.0.0' },
    contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  },
  'openmetrics-0.0.1': {
    type: 'application',
    subtype: 'openmetrics-text',
    parameters: { version: '0.0.1' },
    contentType: 'application/openmetrics-text; version=0.0.1; charset=utf-8',
  },
  protobuf: {
    type: 'application',
    subtype: 'vnd.google.protobuf',
    parameters: { proto: 'io.prometheus.client.MetricFamily', encoding: 'delimited' },
    contentType: 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
  },
}

/** Versions of clauses that don't say. */
const DEFAULT_VERSIONS: Readonly<Record<string, string>> = {
  'application/openmetrics-text': '0.0.1',
  'text/plain': '0.0.4',
}

interface Clause {
  readonly type: string
  readonly subtype: string
  readonly parameters: ReadonlyMap<string, string>
  readonly weight: number
}

/**
 * Chooses among `offers` (in order of our preference) by an Accept header; text, or else the first offer, where nothing fits.
 * Names are escaped as the header asks, or with underscores. Follows NegotiateAccept, prometheus/common/expfmt/encode.go.
 */
export function negotiate(accept: string | undefined, offers: readonly WriteFormat[]): Negotiated {
  let escaping: EscapingScheme = 'underscores'
  for (const clause of parseAccept(accept ?? '')) {
    escaping = ESCAPING_SCHEMES.find((scheme) => scheme === clause.parameters.get('escaping')) ?? escaping
    const format = offers.find((offer) => fits(clause, OFFERS[offer]))
    if (format !== undefined) return answer(format, escaping)
  }
  return answer(offers.includes('text') ? 'text' : (offers[0] ?? 'text'), escaping)
}

function answer(format: WriteFormat, escaping: EscapingScheme): Negotiated {
  return { format, escaping, contentType: `${OFFERS[format].contentType}; escaping=${escaping}` }
}

function fits(clause: Clause, offer: Offer): boolean {
  if (clause.type !== '*' && clause.type !== offer.type) return false
  if (clause.subtype !== '*' && clause.subtype !== offer.subtype) return false
  if (clause.type === '*' && clause.subtype === '*') return true
  const version = clause.parameters.get('version') || DEFAULT_VERSIONS[`${clause.type}/${clause.subtype}`]
  return Object.entries(offer.parameters).every(
    ([name, value]) => (name === 'version' ? version : clause.parameters.get(name)) === value,
  )
}

/** Clauses by weight, and of one weight the more special ones first; those of weight 0 are not acceptable, and left out. */
function parseAccept(header: string): readonly Clause[] {
  const clauses = header.split(',').flatMap((text) => parseClause(text))
  return clauses.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight || wildcards(a) - wildcards(b))
}

function parseClause(text: string): Clause[] {
  const [range = '', ...rest] = text.split(';').map((part) => part.trim())
  const [type = '', subtype = type === '*' ? '*' : ''] = range.split('/')
  if (type === '' || subtype === '') return []
  const parameters = new Map(
    rest.flatMap((part): [string, string][] => {
      const equal = part.indexOf('=')
      return equal === -1 ? [] : [[part.slice(0, equal).trim(), part.slice(equal + 1).trim()]]
    }),
  )
  const weight = Number(parameters.get('q') ?? 1)
  return [{ type, subtype, parameters, weight: Number.isNaN(weight) ? 1 : weight }]
}

function wildcards({ type, subtype }: Clause): number {
  return (type === '*' ? 2 : 0) + (subtype === '*' ? 1 : 0)
}
