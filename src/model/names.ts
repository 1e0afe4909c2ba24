/** Which names of metrics and labels are allowed. Follows model.ValidationScheme, prometheus/common. */

/** `utf8`: any text that is not empty. `legacy`: the letters that Prometheus allowed before 3.0. */
export type NameScheme = 'utf8' | 'legacy'

const LEGACY_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/
const LEGACY_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/

export function isLabelName(name: string, scheme: NameScheme): boolean {
  return scheme === 'legacy' ? LEGACY_LABEL.test(name) : name !== '' && isUnicode(name)
}

export function isMetricName(name: string, scheme: NameScheme): boolean {
  return scheme === 'legacy' ? LEGACY_METRIC.test(name) : name !== '' && isUnicode(name)
}

const LONE_SURROGATE = /\p{Surrogate}/u

/** False when the text has half a surrogate pair, which no UTF-8 can carry. */
export function isUnicode(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}
