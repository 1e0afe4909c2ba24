import { readExemplars } from '../../codec/otlp/exemplars.ts'
import type { OtlpExemplar } from '../../codec/otlp/exemplars.ts'
import type { FieldRegions } from '../../codec/otlp/field-regions.ts'
import { unixMs } from '../../core/time.ts'
import { LabelSet } from '../../model/labels.ts'
import type { ExemplarRow, SeriesRef } from '../../signals/metrics.ts'

/** Characters that the labels of an exemplar may have in all. Source: OpenMetrics 1.0, "Exemplars". */
const MAX_LABEL_LENGTH = 128
const ID_NAMES = { trace: 'trace_id', span: 'span_id' }

/** Collects exemplars. Follows getPromExemplars, prometheusremotewrite/helper.go@v3.14. */
export class ExemplarRows {
  readonly rows: ExemplarRow[] = []
  /** Exemplars without a value. */
  dropped = 0

  /** `timestamp` is the point's, for exemplars without one; `refOf` finds the series that an exemplar's value belongs to. */
  add(fields: FieldRegions, timestamp: number, refOf: (value: number) => SeriesRef): void {
    for (const exemplar of readExemplars(fields)) {
      const { value } = exemplar
      if (value === undefined) {
        this.dropped++
        continue
      }
      const time = exemplar.timestamp === 0 ? timestamp : exemplar.timestamp
      this.rows.push({ ref: refOf(value), labels: labelsOf(exemplar), value, timestamp: unixMs(time) })
    }
  }
}

/** The ids always; the attributes only when all together keep to the limit. */
function labelsOf({ traceId, spanId, attributes }: OtlpExemplar): LabelSet {
  const ids: [string, string][] = []
  if (traceId !== '') ids.push([ID_NAMES.trace, traceId])
  if (spanId !== '') ids.push([ID_NAMES.span, spanId])
  const all = [...ids, ...attributes]
  const length = all.reduce((sum, [name, value]) => sum + codePoints(name) + codePoints(value), 0)
  return LabelSet.from(length <= MAX_LABEL_LENGTH ? all : ids)
}

function codePoints(text: string): number {
  return text.length > 2 * MAX_LABEL_LENGTH ? text.length : Array.from(text).length
}
