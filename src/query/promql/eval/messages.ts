/** What annotations and errors of selectors, aggregations and operators say, in Prometheus' words (util/annotations and promql of v3.14). */
import { formatGoFloat } from '../../../core/go-number.ts'
import { quote } from '../../../core/go-text.ts'

/** What was done with histograms when something about them was noticed. */
export type HistogramOperation = 'addition' | 'subtraction' | 'aggregation'

export const messages = {
  mixedSamples: (metric: string): string =>
    `encountered a mix of histograms and floats for metric name ${quote(metric)}`,
  mixedAggregation: 'encountered a mix of histograms and floats for aggregation',
  ignoredHistogram: (aggregation: string): string => `ignored histogram in ${aggregation} aggregation`,
  mixedSchemas: (metric: string): string =>
    `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${quote(metric)}`,
  conflictingResets: (operation: HistogramOperation): string =>
    `conflicting counter resets during histogram ${operation}`,
  reconciledBounds: (operation: HistogramOperation): string =>
    `mismatched custom buckets were reconciled during ${operation}`,

  quantileOutside: (value: number): string => `quantile value should be between 0 and 1, got ${formatGoFloat(value)}`,
  ratioOutside: (value: number, cap: number): string =>
    `ratio value should be between -1 and 1, got ${formatGoFloat(value)}, capping to ${formatGoFloat(cap)}`,

  paramNaN: 'Parameter value is NaN',
  ratioNaN: 'Ratio value is NaN',
  paramUnderflow: (value: number): string => `Scalar value ${formatGoFloat(value)} underflows int64`,
  paramOverflow: (value: number): string => `Scalar value ${formatGoFloat(value)} overflows int64`,
  invalidLabelName: (name: string): string => `invalid label name ${quote(name)}`,

  incompatibleTypes: (op: string, left: string, right: string): string =>
    `incompatible sample types encountered for binary operator ${quote(op)}: ${left} ${op} ${right}`,
  incompatibleBuckets: (op: string): string => `incompatible bucket layout encountered for binary operator ${op}`,

  duplicateSeries: (group: string, side: 'left' | 'right', first: string, second: string): string =>
    `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: [${first}, ${second}]` +
    ';many-to-many matching not allowed: matching labels must be unique on one side',
  implicitManyToOne: 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
  ambiguousGrouping: 'multiple matches for labels: grouping labels must ensure unique matches',
} as const
