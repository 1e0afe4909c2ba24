/** Samples of queries as templates see them. Follows prometheus/template/template.go@v3.14. */
import { ANY, mapOf, pointerTo, sliceOf, STRING, STRING_MAP, stringMap, Typed } from '../../core/go-template/value.ts'
import type { Fields, GoType, GoValue } from '../../core/go-template/value.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import type { LabelSet } from '../../model/labels.ts'
import { printHistogram } from '../../query/promql/histograms/print.ts'

/** One element of an instant vector. */
export interface RuleSample {
  readonly labels: LabelSet
  readonly value: number | NativeHistogram
}

const HISTOGRAM: GoType = {
  name: 'histogram.FloatHistogram',
  kind: 'struct',
  text: ({ raw }) => printHistogram(raw as NativeHistogram),
  methods: { String: { params: [], call: ({ raw }) => printHistogram(raw as NativeHistogram) } },
}
const SAMPLE: GoType = { name: 'template.sample', kind: 'struct', fields: { Labels: STRING_MAP, Value: ANY } }

export const SAMPLE_POINTER: GoType = pointerTo(SAMPLE)
export const QUERY_RESULT: GoType = { ...sliceOf(SAMPLE_POINTER), name: 'template.queryResult' }

const DATA: GoType = {
  name: 'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }',
  kind: 'struct',
  fields: { Labels: mapOf(STRING, STRING), ExternalLabels: mapOf(STRING, STRING), ExternalURL: STRING, Value: ANY },
}

export function sampleValue(value: number | NativeHistogram): GoValue {
  return typeof value === 'number' ? value : new Typed(pointerTo(HISTOGRAM), new Typed(HISTOGRAM, value))
}

function samplePointer({ labels, value }: RuleSample): Typed {
  const fields: Fields = { Labels: stringMap(labels.entries()), Value: sampleValue(value) }
  return new Typed(SAMPLE_POINTER, new Typed(SAMPLE, fields))
}

export function queryResult(samples: readonly RuleSample[]): Typed {
  return new Typed(QUERY_RESULT, samples.map(samplePointer))
}

/** A field of a sample behind a pointer. */
export function fieldOfSample(sample: GoValue, name: 'Labels' | 'Value'): GoValue {
  return (((sample as Typed).raw as Typed).raw as Fields)[name]
}

export interface AlertData {
  readonly labels: LabelSet
  readonly externalLabels: LabelSet
  readonly externalUrl: string
  readonly value: number | NativeHistogram
}

/** What templates of alerts have as `.`. */
export function alertData({ labels, externalLabels, externalUrl, value }: AlertData): GoValue {
  return new Typed(DATA, {
    Labels: stringMap(labels.entries()),
    ExternalLabels: stringMap(externalLabels.entries()),
    ExternalURL: externalUrl,
    Value: sampleValue(value),
  })
}
