import { describe, expect, test } from 'vitest'
import { negotiate } from './negotiate.ts'
import type { WriteFormat } from './negotiate.ts'
import { acceptHeader, chooseFormat, TEXT_PROTOCOLS, SCRAPE_PROTOCOLS } from './protocols.ts'
import type { ScrapeProtocol } from './protocols.ts'

describe('acceptHeader', () => {
  test('asks in order of preference', () => {
    expect(acceptHeader(TEXT_PROTOCOLS, 'allow-utf-8')).toBe(
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    )
    expect(acceptHeader(SCRAPE_PROTOCOLS, 'underscores')).toMatch(
      /^application\/vnd\.google\.protobuf;proto=io\.prometheus\.client\.MetricFamily;encoding=delimited;q=0\.6,.*\*\/\*;q=0\.1$/,
    )
  })
})

describe('chooseFormat', () => {
  const cases: [type: string | undefined, fallback: ScrapeProtocol | undefined, want: string, warning?: string][] = [
    ['text/plain; version=0.0.4', undefined, 'text'],
    [
      'Text/Plain;;',
      'PrometheusProto',
      'protobuf',
      'could not parse received Content-Type "Text/Plain;;", using fallback_scrape_protocol "application/vnd.google.protobuf"\nmime: invalid media parameter',
    ],
    ['text/plain;', undefined, 'text'],
    ['application/openmetrics-text; version=1.0.0; charset="utf-8"', undefined, 'openmetrics'],
    ['application/vnd.google.protobuf; proto=x', undefined, 'protobuf'],
    [
      '',
      'OpenMetricsText0.0.1',
      'openmetrics',
      'non-compliant scrape target sending blank Content-Type, using fallback_scrape_protocol "application/openmetrics-text"',
    ],
    [
      'text/html',
      'PrometheusText0.0.4',
      'text',
      'received unsupported Content-Type "text/html", using fallback_scrape_protocol "text/plain"',
    ],
  ]
  test.each(cases)('reads %s (fallback %s) as %s', (type, fallback, format, warning) => {
    expect(chooseFormat(type, fallback)).toEqual({ format, warning })
  })

  const bad: [type: string | undefined, want: string][] = [
    [
      undefined,
      'non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target',
    ],
    ['text/html', 'received unsupported Content-Type "text/html" and no fallback_scrape_protocol specified for target'],
    [
      'text/plain/x',
      'cannot parse Content-Type "text/plain/x" and no fallback_scrape_protocol for target\nmime: unexpected content after media subtype',
    ],
    [
      'text/plain; a=1; a=2',
      'cannot parse Content-Type "text/plain; a=1; a=2" and no fallback_scrape_protocol for target\nmime: duplicate parameter name',
    ],
    ['/x', 'mime: no media type'],
    ['text plain', 'mime: expected slash after first token'],
    ['text/', 'mime: expected token after slash'],
  ]
  test.each(bad)('refuses %s', (type, want) => {
    expect(() => chooseFormat(type, undefined)).toThrow(want)
  })
})

describe('negotiate', () => {
  const PROTO = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'
  const OFFERS: readonly WriteFormat[] = ['text', 'openmetrics-1.0.0', 'openmetrics-0.0.1', 'protobuf']
  const cases: [accept: string | undefined, want: string][] = [
    [undefined, 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'],
    ['*/*', 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'],
    ['text/*;q=0.5, image/png', 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'],
    [
      PROTO,
      'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores',
    ],
    ['application/vnd.google.protobuf', 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'],
    [
      'application/openmetrics-text',
      'application/openmetrics-text; version=0.0.1; charset=utf-8; escaping=underscores',
    ],
    ['application/openmetrics-text;version=2.0.0', 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'],
    [
      'text/plain;version=0.0.4;q=0.1,application/openmetrics-text;version=1.0.0;escaping=dots;q=0.9',
      'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=dots',
    ],
    ['text/plain;version=0.0.4; escaping=values;', 'text/plain; version=0.0.4; charset=utf-8; escaping=values'],
    ['text/plain;version=1.0.0;escaping=allow-utf-8', 'text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8'],
    ['text/plain;escaping=rot13', 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'],
    [
      `*/*, ${PROTO}`,
      'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores',
    ],
    [`${PROTO};q=0, text/plain`, 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'],
  ]
  test.each(cases)('answers %s', (accept, want) => {
    expect(negotiate(accept, OFFERS).contentType).toBe(want)
  })

  test('takes the first offer where text is not among them', () => {
    expect(negotiate('image/png', ['protobuf']).format).toBe('protobuf')
  })
})
