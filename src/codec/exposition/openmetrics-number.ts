import { formatGoFloat } from '../../core/go-number.ts'

/** Like `formatGoFloat`, with `.0` behind what would look like an integer: values of `le` and `quantile`, OpenMetrics numbers. */
export function formatOpenMetricsFloat(value: number): string {
  const text = value === 0 ? '0' : formatGoFloat(value)
  return !Number.isFinite(value) || /[e.]/.test(text) ? text : `${text}.0`
}
