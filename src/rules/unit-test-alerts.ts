/** Alerts side by side: those that fire, and those that a unit test expects. Follows labelsAndAnnotations, cmd/promtool/unittest.go@v3.14. */
import { compareUtf8 } from '../core/utf8.ts'
import { isLabelName } from '../model/names.ts'
import { quote } from '../core/go-text.ts'

export interface ComparedAlert {
  readonly labels: Readonly<Record<string, string>>
  /** An empty one is not the same as none. */
  readonly annotations: Readonly<Record<string, string>>
}

type Pairs = readonly string[]

export function compareAlerts(a: ComparedAlert, b: ComparedAlert): number {
  return (
    comparePairs(pairsOf(a.labels), pairsOf(b.labels)) || comparePairs(pairsOf(a.annotations), pairsOf(b.annotations))
  )
}

/** Both in order. */
export function sameAlerts(want: readonly ComparedAlert[], got: readonly ComparedAlert[]): boolean {
  return want.length === got.length && want.every((alert, i) => compareAlerts(alert, got[i] as ComparedAlert) === 0)
}

/** Over several lines, those behind the first with `indent` before them. */
export function printAlerts(alerts: readonly ComparedAlert[], indent = ''): string {
  if (alerts.length === 0) return '[]'
  const items = alerts.map(({ labels, annotations }, i) => {
    return `${i}:${indented(`\nLabels:${pairsText(labels)}\nAnnotations:${pairsText(annotations)}`, '  ')}`
  })
  return indented(`[\n${items.join(',\n')}\n]`, indent)
}

function pairsText(record: Readonly<Record<string, string>>): string {
  const names = Object.keys(record).sort(compareUtf8)
  const texts = names.map((name) => {
    return `${isLabelName(name, 'legacy') ? name : quote(name)}=${quote(record[name] ?? '')}`
  })
  return `{${texts.join(', ')}}`
}

/** Every line but the first. */
function indented(lines: string, indent: string): string {
  return lines.replaceAll('\n', `\n${indent}`)
}

function pairsOf(record: Readonly<Record<string, string>>): Pairs {
  return Object.keys(record)
    .sort(compareUtf8)
    .flatMap((name) => [name, record[name] ?? ''])
}

function comparePairs(a: Pairs, b: Pairs): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareUtf8(a[i] as string, b[i] as string)
    if (order !== 0) return order
  }
  return a.length - b.length
}
