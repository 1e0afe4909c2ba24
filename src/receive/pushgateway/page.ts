/** Reads a pushed page into families. */
import type { EntryCursor } from '../../codec/exposition/cursor.ts'
import { ProtobufCursor } from '../../codec/exposition/protobuf-cursor.ts'
import { chooseFormat } from '../../codec/exposition/protocols.ts'
import { TextCursor } from '../../codec/exposition/text-cursor.ts'
import { defineError } from '../../core/errors.ts'
import { LabelSet, METRIC_NAME } from '../../model/labels.ts'
import type { MetricType } from '../../signals/metrics.ts'
import { PUSH_FAILURE_TIME, PUSH_TIME } from './group.ts'
import type { Grouping, PushedFamily, PushedSeries } from './group.ts'

export const pushRefused = defineError<{ reason: string }>({
  code: 'pushgateway.refused',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ reason }) => `pushed metrics are invalid or inconsistent with existing metrics: ${reason}`,
  advice: 'Push each series once, without a timestamp, and with the type that the metric has in other groups.',
})

interface OpenFamily {
  readonly name: string
  type: MetricType
  help: string
  unit: string
  readonly series: PushedSeries[]
}

const OWN_FAMILIES: readonly string[] = [PUSH_TIME, PUSH_FAILURE_TIME]

/** Series names that belong to the family `x`, besides `x` itself. */
const SUFFIXES: Partial<Record<MetricType, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count', '_created'],
  gaugehistogram: ['_bucket', '_gsum', '_gcount'],
  summary: ['_sum', '_count', '_created'],
  counter: ['_total', '_created'],
  info: ['_info'],
}

/**
 * Families by name; each series gets the grouping labels, whatever it had under their names. Throws `exposition.malformed` and
 * `pushgateway.refused`. What is no other format that Bongsu knows is read as the text format, as the Pushgateway does.
 */
export function readPage(
  bytes: Buffer,
  contentType: string | undefined,
  grouping: Grouping,
  pushedAt: number,
): ReadonlyMap<string, PushedFamily> {
  const { format } = chooseFormat(contentType, 'PrometheusText0.0.4')
  const cursor = format === 'protobuf' ? new ProtobufCursor(bytes, {}) : new TextCursor(bytes, { format })
  const page = new Page(grouping)
  while (cursor.next()) page.take(cursor)
  return page.families(pushedAt)
}

class Page {
  readonly #grouping: Grouping
  readonly #families = new Map<string, OpenFamily>()
  readonly #seen = new Set<string>()
  #told: OpenFamily | undefined

  constructor(grouping: Grouping) {
    this.#grouping = grouping
  }

  take(cursor: EntryCursor): void {
    switch (cursor.kind) {
      case 'type':
        this.#told = this.#family(cursor.metric)
        if (this.#told.series.length > 0)
          throw pushRefused({ reason: `type of ${cursor.metric} is told after its samples` })
        this.#told.type = cursor.type
        return
      case 'help':
        this.#family(cursor.metric).help = cursor.help
        return
      case 'unit':
        this.#family(cursor.metric).unit = cursor.unit
        return
      case 'series':
      case 'histogram':
        this.#series(cursor)
        return
      case 'comment':
        return
      default:
        cursor.kind satisfies never
    }
  }

  families(pushedAt: number): ReadonlyMap<string, PushedFamily> {
    // Two families are the gateway's own, whoever pushes them.
    const filled = [...this.#families].filter(([name, { series }]) => series.length > 0 && !OWN_FAMILIES.includes(name))
    return new Map(filled.map(([name, family]) => [name, { ...family, pushedAt }]))
  }

  #series(cursor: EntryCursor): void {
    const own = cursor.labels()
    if (cursor.hasTimestamp) throw pushRefused({ reason: 'pushed metrics must not have timestamps' })
    const labels = LabelSet.from([...own.entries(), ...this.#grouping])
    const key = labels.key()
    if (this.#seen.has(key)) throw pushRefused({ reason: `${labels.toString()} was pushed twice` })
    this.#seen.add(key)
    const name = labels.get(METRIC_NAME) ?? ''
    const family = this.#told !== undefined && belongsTo(name, this.#told) ? this.#told : this.#family(name)
    family.series.push({ labels, value: cursor.kind === 'histogram' ? cursor.histogram : cursor.value })
  }

  #family(name: string): OpenFamily {
    let family = this.#families.get(name)
    if (family === undefined) {
      family = { name, type: 'unknown', help: '', unit: '', series: [] }
      this.#families.set(name, family)
    }
    return family
  }
}

function belongsTo(name: string, family: OpenFamily): boolean {
  if (name === family.name) return true
  return name.startsWith(family.name) && (SUFFIXES[family.type] ?? []).includes(name.slice(family.name.length))
}
