/** Help on the language, loaded with the editor. Of functions, the parser's own list has the English lines. */
import type { AggregationOp } from '../../../../src/query/promql/syntax/ast.ts'
import { FUNCTIONS } from '../../../../src/query/promql/syntax/functions.ts'

const aggregations: Readonly<Record<AggregationOp, string>> = {
  sum: 'Sum over the series of each group',
  avg: 'Average over the series of each group',
  count: 'How many series each group has',
  min: 'Least value of each group',
  max: 'Greatest value of each group',
  group: '1 for each group',
  stddev: 'Standard deviation over the series of each group',
  stdvar: 'Variance over the series of each group',
  topk: 'The k series with the greatest values of each group',
  bottomk: 'The k series with the least values of each group',
  count_values: 'How many series have each value, which goes into a label of the given name',
  quantile: 'Quantile (0 to 1) over the series of each group',
  limitk: 'Any k series of each group, always the same ones',
  limit_ratio: 'About this share of the series, always the same ones; negative: the others',
}

const keywords: Readonly<Record<string, string>> = {
  and: 'Series of the left side that have a partner on the right',
  or: 'Series of the left side, and those of the right without a partner on the left',
  unless: 'Series of the left side that have no partner on the right',
  atan2: 'Angle of left and right side, in radians',
  by: 'Groups by these labels',
  without: 'Groups by all labels but these',
  on: 'Matches series of both sides by these labels',
  ignoring: 'Matches series of both sides by all labels but these',
  group_left: 'Many series of the left side match one of the right; labels named here are copied from it',
  group_right: 'Many series of the right side match one of the left; labels named here are copied from it',
  fill: 'Value that stands in for a missing partner on either side',
  fill_left: 'Value that stands in for a missing partner on the left',
  fill_right: 'Value that stands in for a missing partner on the right',
  bool: 'Answers 0 or 1 instead of leaving series out',
  offset: 'Looks this far back',
  anchored: 'The range begins and ends with real samples, without extrapolation',
  smoothed: 'The range begins and ends with interpolated values',
}

const words = {
  range: 'range',
  step: 'step',
  experimental: 'experimental',
  aggregation: 'aggregation',
  function: 'function',
  keyword: 'keyword',
  snippet: 'snippet',
  label: 'label',
  duration: 'duration',
  bytes: 'bytes',
}

const snippets = {
  rate: 'Increase per second of a counter',
  ratio: 'Share of one rate in another',
  quantile: '99th percentile of a classic histogram',
  nativeQuantile: '99th percentile of a native histogram',
  topk: 'The ten series with the greatest rate',
  yesterday: 'Compared with a day before',
  subquery: 'Greatest rate of the last hour',
}

export interface PromqlTexts {
  readonly functions: Readonly<Record<string, string>>
  readonly aggregations: Readonly<Record<AggregationOp, string>>
  readonly keywords: Readonly<Record<string, string>>
  readonly words: { readonly [K in keyof typeof words]: string }
  readonly snippets: { readonly [K in keyof typeof snippets]: string }
}

export const promql: PromqlTexts = {
  functions: Object.fromEntries([...FUNCTIONS.values()].map(({ name, doc }) => [name, doc])),
  aggregations,
  keywords,
  words,
  snippets,
}
