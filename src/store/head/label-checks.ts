import { compareUtf8 } from '../../core/utf8.ts'
import { METRIC_NAME } from '../../model/labels.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { Rejection } from '../../signals/ingest.ts'
import type { TenantLimits } from './limits.ts'

/**
 * What a label set must be to become a series: a metric name, names and values that are valid UTF-8, names in order and
 * without repeats, counts and lengths within the limits. Undefined when it is all that.
 *
 * The rule of names is Prometheus 3's (UTF-8, any character, not empty); see model.UTF8Validation, prometheus/common.
 */
export function checkLabels(labels: LabelSet, limits: TenantLimits): Rejection | undefined {
  const { pairs } = labels
  if (limits.labelNames > 0 && labels.size > limits.labelNames) {
    return {
      code: 'label_limit',
      message: `series ${shown(labels)} has ${labels.size} labels, the limit is ${limits.labelNames} (limits.max_label_names_per_series)`,
    }
  }
  let named = false
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i] as string
    const value = pairs[i + 1] as string
    if (name === METRIC_NAME) named = true
    const previous = i === 0 ? undefined : pairs[i - 2]
    const problem = checkPair(labels, name, value, previous, limits)
    if (problem !== undefined) return problem
  }
  return named ? undefined : invalid(labels, 'has no metric name (label "__name__")')
}

function checkPair(
  labels: LabelSet,
  name: string,
  value: string,
  previous: string | undefined,
  limits: TenantLimits,
): Rejection | undefined {
  if (name === '') return invalid(labels, 'has a label with an empty name')
  if (!isWellFormed(name)) return invalid(labels, `has a label name that is not valid UTF-8: ${JSON.stringify(name)}`)
  if (!isWellFormed(value))
    return invalid(labels, `has a value of label ${JSON.stringify(name)} that is not valid UTF-8`)
  if (previous !== undefined && compareUtf8(previous, name) >= 0) {
    const fault = previous === name ? 'has the label twice' : 'has labels out of order'
    return invalid(labels, `${fault}: ${JSON.stringify(name)}`)
  }
  if (exceeds(name, limits.nameBytes)) {
    return {
      code: 'label_name_too_long',
      message: `series ${shown(labels)}: label name ${JSON.stringify(name.slice(0, 100))} is longer than ${limits.nameBytes} bytes (limits.max_label_name_length)`,
    }
  }
  if (exceeds(value, limits.valueBytes)) {
    return {
      code: 'label_value_too_long',
      message: `series ${shown(labels)}: the value of label ${JSON.stringify(name)} is longer than ${limits.valueBytes} bytes (limits.max_label_value_length)`,
    }
  }
  return undefined
}

function invalid(labels: LabelSet, fault: string): Rejection {
  return { code: 'invalid_labels', message: `series ${shown(labels)} ${fault}` }
}

/** The label set as text, cut to a length that fits a log line. */
export function shown(labels: LabelSet): string {
  const text = labels.toString()
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

// A unit is at most 3 bytes of UTF-8, so most texts need no counting.
function exceeds(text: string, maxBytes: number): boolean {
  if (maxBytes === 0 || text.length * 3 <= maxBytes) return false
  return text.length > maxBytes || Buffer.byteLength(text) > maxBytes
}

const LONE_SURROGATE = /\p{Surrogate}/u

function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}
