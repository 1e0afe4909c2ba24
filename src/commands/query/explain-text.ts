/** `--explain`: what each part of a query did, as a tree. */
import { table } from '../display.ts'

/** As Bongsu's API answers it with `explain=true`. */
export interface ExplainedPart {
  readonly text: string
  readonly series?: number
  readonly samples?: number
  readonly elapsedMs?: number
  readonly route?: string
  readonly children: readonly ExplainedPart[]
}

export function explainText(root: ExplainedPart): string {
  const rows: string[][] = []
  const add = (node: ExplainedPart, head: string, below: string): void => {
    const { series, samples, elapsedMs, route, text, children } = node
    rows.push([
      count(series),
      count(samples),
      elapsedMs === undefined ? '' : elapsedMs.toFixed(3),
      head + text,
      route ?? '',
    ])
    children.forEach((child, i) => {
      const last = i === children.length - 1
      add(child, `${below}${last ? '└─ ' : '├─ '}`, `${below}${last ? '   ' : '│  '}`)
    })
  }
  add(root, '', '')
  const right = ['series', 'samples', 'ms'].map((title) => ({ title, right: true }))
  return table([...right, { title: 'part' }, { title: 'route' }], rows)
}

function count(value: number | undefined): string {
  return value === undefined ? '' : String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}
