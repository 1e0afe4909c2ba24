import { BongsuError } from '../../core/errors.ts'
import { templateFailed } from '../../core/go-template/errors.ts'
import type { GoValue } from '../../core/go-template/value.ts'
import { prepareTemplate } from './expander.ts'
import type { Expander, PreparedTemplate } from './expander.ts'

/** Names that are easier to remember than `.Labels` and `.Value`. On one line with the text: lines in messages are those of the text. */
const NAMES =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}'

/** The template of a label or an annotation of an alert. */
export function prepareAlertTemplate(alert: string, text: string): PreparedTemplate | string {
  // Most labels and many annotations are plain text.
  return text.includes('{{') ? prepareTemplate(`__alert_${alert}`, NAMES + text) : text
}

/** Its text; the failure in place of it when it has none, which `failed` is told of. */
export async function expandAlertTemplate(
  template: PreparedTemplate | string,
  data: GoValue,
  expander: Expander,
  failed: (error: BongsuError) => void,
): Promise<string> {
  if (typeof template === 'string') return template
  try {
    return await expander.expand(template, data)
  } catch (error) {
    if (!(error instanceof BongsuError) || error.code !== templateFailed.definition.code) throw error
    failed(error)
    return `<error expanding template: ${error.message}>`
  }
}
