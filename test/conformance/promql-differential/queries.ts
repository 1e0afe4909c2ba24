/** Random queries from a grammar over what PromQL of Prometheus 3.5 has, the same for the same dice; all of them parse. */
import type { Dice } from '../../support/api-requests.ts'

const SELECTORS = [
  'requests_total',
  'requests_total{code="200"}',
  'requests_total{code=~"2..|404",instance!="c:1"}',
  'bytes_total',
  'temperature',
  'temperature{room="k"}',
  'queue',
  'odd',
  '{"memory.used"}',
  'latency_seconds_bucket',
  'broken_seconds_bucket',
  'latency_seconds_count',
  'latency_seconds_sum',
  'duration',
  'duration{instance="a:1"}',
  'size',
  'fill',
  'mixed',
  'target_info',
  'absent_metric{job="x"}',
  '{job="db"}',
  '{__name__=~"d.*|s.*"}',
] as const
/** Histograms of all kinds. */
const HISTOGRAMS = [
  'duration',
  'size',
  'fill',
  'latency_seconds_bucket',
  'rate(duration[5m])',
  'sum(duration)',
] as const
const LABELS = ['job', 'instance', 'code', 'room', 'le', 'none', '"unit.of"'] as const
const UNARY = (
  'abs acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad round sgn sin sinh sqrt tan tanh ' +
  'timestamp histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar absent ' +
  'minute hour day_of_week day_of_month day_of_year days_in_month month year sort sort_desc'
).split(' ') as [string, ...string[]]
const OVER_TIME = (
  'avg_over_time sum_over_time min_over_time max_over_time count_over_time last_over_time present_over_time ' +
  'stddev_over_time stdvar_over_time mad_over_time absent_over_time changes resets rate increase delta irate idelta deriv ' +
  'ts_of_max_over_time ts_of_min_over_time ts_of_last_over_time'
).split(' ') as [string, ...string[]]
const AGGREGATIONS = ['sum', 'avg', 'count', 'min', 'max', 'group', 'stddev', 'stdvar'] as const
const ARITHMETIC = ['+', '-', '*', '/', '%', '^', 'atan2'] as const
const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const
const SETS = ['and', 'or', 'unless'] as const
const NUMBERS = ['0', '1', '-1', '2', '0.5', '1e9', 'NaN', 'Inf', '-Inf', '0.1', '30', '5m'] as const
const QUANTILES = ['0', '0.5', '0.9', '0.99', '1', '-0.5', '1.5', 'NaN'] as const
const WINDOWS = ['1m', '2m30s', '5m', '15m', '1h', '30s', '14s'] as const

/** An expression that gives an instant vector or a scalar. */
export function randomQuery(dice: Dice): string {
  return dice.chance(0.06) ? scalar(dice, 3) : vector(dice, 1 + dice.below(4))
}

type Rule = readonly [weight: number, make: (dice: Dice, depth: number) => string]

const VECTORS: readonly Rule[] = [
  [6, (dice) => instantSelector(dice)],
  [5, (dice, depth) => `${dice.pick(UNARY)}(${vector(dice, depth)})`],
  [9, (dice, depth) => `${dice.pick(OVER_TIME)}(${range(dice, depth)})`],
  [3, histogramFunction],
  [2, otherFunction],
  [2, otherOverTime],
  [6, (dice, depth) => `${dice.pick(AGGREGATIONS)}${grouping(dice)}(${vector(dice, depth)})`],
  [3, aggregationWithParameter],
  [6, binary],
  [1, (dice, depth) => `-${vector(dice, depth)}`],
  [1, (dice, depth) => `(${vector(dice, depth)})`],
]

function vector(dice: Dice, depth: number): string {
  if (depth <= 0) return instantSelector(dice)
  const total = VECTORS.reduce((sum, [weight]) => sum + weight, 0)
  let at = dice.below(total)
  const rule = VECTORS.find(([weight]) => (at -= weight) < 0) as Rule
  return rule[1](dice, depth - 1)
}

function instantSelector(dice: Dice): string {
  return `${dice.pick(SELECTORS)}${modifiers(dice)}`
}

function modifiers(dice: Dice): string {
  const offset = dice.chance(0.1) ? ` offset ${dice.pick(['1m', '-1m', '17s', '10m'])}` : ''
  const at = dice.chance(0.06) ? ` @ ${dice.pick(['start()', 'end()', '1700003600', '1700001234.567'])}` : ''
  return dice.chance(0.5) ? `${offset}${at}` : `${at}${offset}`
}

function range(dice: Dice, depth: number): string {
  if (depth <= 0 || dice.chance(0.85)) return `${dice.pick(SELECTORS)}[${dice.pick(WINDOWS)}]${modifiers(dice)}`
  const inner = vector(dice, Math.min(depth, 2))
  return `(${inner})[${dice.pick(['5m', '10m', '1m'])}:${dice.pick(['1m', '30s', '17s', ''])}]${modifiers(dice)}`
}

function histogramFunction(dice: Dice, depth: number): string {
  const inner = dice.chance(0.8) ? dice.pick(HISTOGRAMS) : vector(dice, depth)
  if (dice.chance(0.6)) return `histogram_quantile(${dice.pick(QUANTILES)}, ${inner})`
  return `histogram_fraction(${dice.pick(NUMBERS)}, ${dice.pick(NUMBERS)}, ${inner})`
}

function otherFunction(dice: Dice, depth: number): string {
  const inner = vector(dice, depth)
  return dice.pick([
    `clamp(${inner}, ${scalar(dice, 1)}, ${scalar(dice, 1)})`,
    `clamp_max(${inner}, ${scalar(dice, 1)})`,
    `clamp_min(${inner}, ${scalar(dice, 1)})`,
    `round(${inner}, ${dice.pick(['0.1', '5', '1e-3', '0'])})`,
    `label_replace(${inner}, "job", "x-$1", "instance", "(.*):.*")`,
    `label_replace(${inner}, "none", "$2", "code", "(.)(.)(.)")`,
    `label_join(${inner}, "none", "-", "job", "instance")`,
    `sort_by_label(${inner}, "instance", "code")`,
    `sort_by_label_desc(${inner}, "code")`,
    `vector(${scalar(dice, 2)})`,
    `info(${inner})`,
    `info(${inner}, {version=~".+"})`,
    'hour()',
    'day_of_week()',
  ])
}

function otherOverTime(dice: Dice, depth: number): string {
  const inner = range(dice, depth)
  return dice.pick([
    `quantile_over_time(${dice.pick(QUANTILES)}, ${inner})`,
    `predict_linear(${inner}, ${dice.pick(['60', '-60', '3600'])})`,
    `double_exponential_smoothing(${inner}, 0.3, 0.6)`,
  ])
}

function aggregationWithParameter(dice: Dice, depth: number): string {
  const inner = vector(dice, depth)
  const by = grouping(dice)
  return dice.pick([
    `topk${by}(${dice.pick(['1', '2', '100', '0'])}, ${inner})`,
    `bottomk${by}(${dice.pick(['1', '2', '100'])}, ${inner})`,
    `quantile${by}(${dice.pick(QUANTILES)}, ${inner})`,
    `count_values${by}("value", ${inner})`,
    `limitk${by}(${dice.pick(['1', '2'])}, ${inner})`,
    `limit_ratio${by}(${dice.pick(['0.3', '-0.3', '1'])}, ${inner})`,
  ])
}

function grouping(dice: Dice): string {
  if (dice.chance(0.4)) return ''
  return ` ${dice.pick(['by', 'without'])} (${labelList(dice)}) `
}

function labelList(dice: Dice): string {
  return Array.from({ length: dice.below(3) }, () => dice.pick(LABELS)).join(', ')
}

function binary(dice: Dice, depth: number): string {
  const left = `(${vector(dice, depth)})`
  if (dice.chance(0.3)) {
    const number = scalar(dice, 1)
    const op = operator(dice)
    return dice.chance(0.5) ? `${left} ${op} ${number}` : `${number} ${op} ${left}`
  }
  const right = `(${dice.chance(0.3) ? left.slice(1, -1) : vector(dice, depth)})`
  if (dice.chance(0.25)) return `${left} ${dice.pick(SETS)} ${matching(dice)}${right}`
  const group = dice.chance(0.25) ? `${dice.pick(['group_left', 'group_right'])}(${labelList(dice)}) ` : ''
  const on = matching(dice)
  return `${left} ${operator(dice)} ${on === '' ? '' : `${on}${group}`}${right}`
}

function operator(dice: Dice): string {
  if (dice.chance(0.6)) return dice.pick(ARITHMETIC)
  return `${dice.pick(COMPARISONS)}${dice.chance(0.4) ? ' bool' : ''}`
}

function matching(dice: Dice): string {
  return dice.chance(0.4) ? '' : `${dice.pick(['on', 'ignoring'])}(${labelList(dice)}) `
}

function scalar(dice: Dice, depth: number): string {
  if (depth <= 1 || dice.chance(0.5)) return dice.pick(NUMBERS)
  return dice.pick([
    'time()',
    'pi()',
    `scalar(${vector(dice, depth - 1)})`,
    `(${scalar(dice, depth - 1)} ${dice.pick(ARITHMETIC)} ${scalar(dice, depth - 1)})`,
    `(${scalar(dice, depth - 1)} ${dice.pick(COMPARISONS)} bool ${scalar(dice, depth - 1)})`,
    `-(${scalar(dice, depth - 1)})`,
  ])
}
