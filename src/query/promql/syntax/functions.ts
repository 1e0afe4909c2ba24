/** The functions of PromQL. Follows Functions, promql/parser/functions.go@v3.14. */
import type { FunctionSignature, ValueType } from './ast.ts'

/** A signature with a line of help. */
export interface FunctionEntry extends FunctionSignature {
  /** What it does, in a sentence without a full stop. */
  readonly doc: string
}

interface Shape {
  /** As in `FunctionSignature`. */
  readonly variadic?: number
  readonly returns?: ValueType
  readonly experimental?: true
}

type Row = readonly [name: string, args: readonly ValueType[], doc: string, shape?: Shape]

// Unless told otherwise, a function returns an instant vector and takes just these arguments.
const ROWS: readonly Row[] = [
  ['abs', ['vector'], 'Absolute value of each sample'],
  ['absent', ['vector'], '1 with the labels of the selector when the vector is empty, else nothing'],
  [
    'absent_over_time',
    ['matrix'],
    '1 with the labels of the selector when no series has a sample in the range, else nothing',
  ],
  ['acos', ['vector'], 'Arccosine of each sample, in radians'],
  ['acosh', ['vector'], 'Inverse hyperbolic cosine of each sample'],
  ['asin', ['vector'], 'Arcsine of each sample, in radians'],
  ['asinh', ['vector'], 'Inverse hyperbolic sine of each sample'],
  ['atan', ['vector'], 'Arctangent of each sample, in radians'],
  ['atanh', ['vector'], 'Inverse hyperbolic tangent of each sample'],
  ['avg_over_time', ['matrix'], 'Average of all samples in the range'],
  ['ceil', ['vector'], 'Rounds each sample up to a whole number'],
  ['changes', ['matrix'], 'How often the value changed in the range'],
  ['clamp', ['vector', 'scalar', 'scalar'], 'Limits each sample to the span from the second argument to the third'],
  ['clamp_max', ['vector', 'scalar'], 'Limits each sample to at most the second argument'],
  ['clamp_min', ['vector', 'scalar'], 'Limits each sample to at least the second argument'],
  ['cos', ['vector'], 'Cosine of each sample in radians'],
  ['cosh', ['vector'], 'Hyperbolic cosine of each sample'],
  ['count_over_time', ['matrix'], 'How many samples are in the range'],
  [
    'day_of_month',
    ['vector'],
    'Day of the month (1 to 31) of each sample taken as Unix time, in UTC; of now without an argument',
    { variadic: 1 },
  ],
  [
    'day_of_week',
    ['vector'],
    'Day of the week (0 is Sunday) of each sample taken as Unix time, in UTC; of now without an argument',
    { variadic: 1 },
  ],
  [
    'day_of_year',
    ['vector'],
    'Day of the year (1 to 366) of each sample taken as Unix time, in UTC; of now without an argument',
    { variadic: 1 },
  ],
  [
    'days_in_month',
    ['vector'],
    'Days in the month of each sample taken as Unix time, in UTC; of now without an argument',
    { variadic: 1 },
  ],
  ['deg', ['vector'], 'Converts radians to degrees'],
  [
    'delta',
    ['matrix'],
    'Difference between the first and the last value of the range, extrapolated to its ends; for gauges',
  ],
  ['deriv', ['matrix'], 'Change per second in the range by linear regression; for gauges'],
  [
    'double_exponential_smoothing',
    ['matrix', 'scalar', 'scalar'],
    'Value smoothed over the range, by a smoothing factor and a trend factor; for gauges',
    { experimental: true },
  ],
  ['end', [], 'End of the query, in Unix seconds', { returns: 'scalar', experimental: true }],
  ['exp', ['vector'], 'e to the power of each sample'],
  ['first_over_time', ['matrix'], 'Oldest sample in the range'],
  ['floor', ['vector'], 'Rounds each sample down to a whole number'],
  ['histogram_avg', ['vector'], 'Average of the observations in each native histogram'],
  ['histogram_count', ['vector'], 'Number of observations in each native histogram'],
  ['histogram_fraction', ['scalar', 'scalar', 'vector'], 'Estimated share of observations between two bounds'],
  [
    'histogram_quantile',
    ['scalar', 'vector'],
    'Estimated quantile (0 to 1) of the observations in classic buckets or native histograms',
  ],
  [
    'histogram_quantiles',
    ['vector', 'string', 'scalar', 'scalar'],
    'Several estimated quantiles at once, told apart by a label of the given name',
    { variadic: 9, experimental: true },
  ],
  ['histogram_stddev', ['vector'], 'Estimated standard deviation of the observations in each native histogram'],
  ['histogram_stdvar', ['vector'], 'Estimated variance of the observations in each native histogram'],
  ['histogram_sum', ['vector'], 'Sum of the observations in each native histogram'],
  [
    'hour',
    ['vector'],
    'Hour (0 to 23) of each sample taken as Unix time, in UTC; of now without an argument',
    { variadic: 1 },
  ],
  ['idelta', ['matrix'], 'Difference between the last two samples of the range; for gauges'],
  ['increase', ['matrix'], 'Increase of a counter over the range, resets accounted for, extrapolated to its ends'],
  [
    'info',
    ['vector', 'vector'],
    'Adds the labels of matching info metrics, such as target_info; the second argument chooses metrics and labels',
    { variadic: 1, experimental: true },
  ],
  ['irate', ['matrix'], 'Increase per second of a counter, by the last two samples of the range'],
  [
    'label_join',
    ['vector', 'string', 'string', 'string'],
    'Joins the values of several labels into one label',
    { variadic: -1 },
  ],
  [
    'label_replace',
    ['vector', 'string', 'string', 'string', 'string'],
    'Sets a label from another one by a regular expression',
  ],
  ['last_over_time', ['matrix'], 'Newest sample in the range'],
  ['ln', ['vector'], 'Natural logarithm of each sample'],
  ['log10', ['vector'], 'Decimal logarithm of each sample'],
  ['log2', ['vector'], 'Binary logarithm of each sample'],
  ['mad_over_time', ['matrix'], 'Median absolute deviation of all samples in the range', { experimental: true }],
  ['max_of', ['scalar', 'scalar'], 'The greater of two numbers', { returns: 'scalar', experimental: true }],
  ['max_over_time', ['matrix'], 'Greatest of all samples in the range'],
  ['min_of', ['scalar', 'scalar'], 'The lesser of two numbers', { returns: 'scalar', experimental: true }],
  ['min_over_time', ['matrix'], 'Least of all samples in the range'],
  [
    'minute',
    ['vector'],
    'Minute (0 to 59) of each sample taken as Unix time, in UTC; of now without an argument',
    { variadic: 1 },
  ],
  [
    'month',
    ['vector'],
    'Month (1 to 12) of each sample taken as Unix time, in UTC; of now without an argument',
    { variadic: 1 },
  ],
  ['pi', [], 'The number pi', { returns: 'scalar' }],
  [
    'predict_linear',
    ['matrix', 'scalar'],
    'Value in so many seconds from now, by linear regression over the range; for gauges',
  ],
  ['present_over_time', ['matrix'], '1 for each series with a sample in the range'],
  ['quantile_over_time', ['scalar', 'matrix'], 'Quantile (0 to 1) of all samples in the range'],
  ['rad', ['vector'], 'Converts degrees to radians'],
  ['range', [], 'Length of the query from start to end, in seconds', { returns: 'scalar', experimental: true }],
  [
    'rate',
    ['matrix'],
    'Increase per second of a counter over the range, resets accounted for, extrapolated to its ends',
  ],
  ['resets', ['matrix'], 'How often a counter was reset in the range'],
  [
    'round',
    ['vector', 'scalar'],
    'Rounds each sample to the nearest multiple of the second argument, 1 without one',
    { variadic: 1 },
  ],
  [
    'scalar',
    ['vector'],
    'The value of a vector with a single series as a number, NaN of any other',
    { returns: 'scalar' },
  ],
  ['sgn', ['vector'], 'Sign of each sample: -1, 0 or 1'],
  ['sin', ['vector'], 'Sine of each sample in radians'],
  ['sinh', ['vector'], 'Hyperbolic sine of each sample'],
  ['sort', ['vector'], 'Sorts by value, least first'],
  [
    'sort_by_label',
    ['vector', 'string'],
    'Sorts by the values of labels, in natural order',
    { variadic: -1, experimental: true },
  ],
  [
    'sort_by_label_desc',
    ['vector', 'string'],
    'Sorts by the values of labels, in reverse natural order',
    { variadic: -1, experimental: true },
  ],
  ['sort_desc', ['vector'], 'Sorts by value, greatest first'],
  ['sqrt', ['vector'], 'Square root of each sample'],
  ['start', [], 'Start of the query, in Unix seconds', { returns: 'scalar', experimental: true }],
  ['start_timestamp', ['vector'], 'When the counter of each sample began, in Unix seconds', { experimental: true }],
  ['stddev_over_time', ['matrix'], 'Standard deviation of all samples in the range'],
  ['stdvar_over_time', ['matrix'], 'Variance of all samples in the range'],
  ['step', [], 'Step of the query, in seconds', { returns: 'scalar', experimental: true }],
  ['sum_over_time', ['matrix'], 'Sum of all samples in the range'],
  ['tan', ['vector'], 'Tangent of each sample in radians'],
  ['tanh', ['vector'], 'Hyperbolic tangent of each sample'],
  ['time', [], 'Time at which the expression is evaluated, in Unix seconds', { returns: 'scalar' }],
  ['timestamp', ['vector'], 'Time of each sample, in Unix seconds'],
  [
    'ts_of_first_over_time',
    ['matrix'],
    'Time of the oldest sample in the range, in Unix seconds',
    { experimental: true },
  ],
  [
    'ts_of_last_over_time',
    ['matrix'],
    'Time of the newest sample in the range, in Unix seconds',
    { experimental: true },
  ],
  [
    'ts_of_max_over_time',
    ['matrix'],
    'Time of the greatest sample in the range, in Unix seconds',
    { experimental: true },
  ],
  ['ts_of_min_over_time', ['matrix'], 'Time of the least sample in the range, in Unix seconds', { experimental: true }],
  ['vector', ['scalar'], 'A number as a vector of one series without labels'],
  ['year', ['vector'], 'Year of each sample taken as Unix time, in UTC; of now without an argument', { variadic: 1 }],
]

/** Every function by its name. */
export const FUNCTIONS: ReadonlyMap<string, FunctionEntry> = new Map(
  ROWS.map((row): [string, FunctionEntry] => [row[0], entryOf(row)]),
)

function entryOf([name, args, doc, shape = {}]: Row): FunctionEntry {
  const { variadic = 0, returns = 'vector', experimental = false } = shape
  return { name, args, variadic, returns, experimental, doc }
}
