/** What a deployment may switch off. Follows Options, promql/parser/parse.go@v3.14; there most are off by default, here all are on. */
export interface ParserOptions {
  /** `--enable-feature=promql-experimental-functions`: `info`, `limitk`, `mad_over_time`, ... */
  readonly experimentalFunctions: boolean
  /** `promql-duration-expr`: arithmetic in place of a duration. */
  readonly durationExpressions: boolean
  /** `promql-extended-range-selectors`: `anchored` and `smoothed`. */
  readonly extendedRangeSelectors: boolean
  /** `promql-binop-fill-modifiers`: `fill`, `fill_left`, `fill_right`. */
  readonly fillModifiers: boolean
}

export const ALL_FEATURES: ParserOptions = {
  experimentalFunctions: true,
  durationExpressions: true,
  extendedRangeSelectors: true,
  fillModifiers: true,
}

/** What Prometheus 3.14 understands without any feature flag. */
export const STABLE_FEATURES: ParserOptions = {
  experimentalFunctions: false,
  durationExpressions: true,
  extendedRangeSelectors: false,
  fillModifiers: false,
}
