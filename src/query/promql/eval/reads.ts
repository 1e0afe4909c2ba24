import type { Expression } from '../syntax/ast.ts'
import { children } from '../syntax/walk.ts'

/** How late the samples are that a resolved expression reads. */
export interface Reads {
  /** ms after (or, negative, before) the step's time: no selector without `@` reads a sample later than that. -Infinity when there is none. */
  readonly ahead: number
  /** UnixMs: no selector with `@` reads a sample later than that, whatever the step. -Infinity when there is none. */
  readonly fixed: number
}

/** The latest samples that `expression` reads, `lookback` being how far a smoothed selector looks ahead (ms). */
export function latestReads(expression: Expression, lookback: number): Reads {
  const reads = { ahead: -Infinity, fixed: -Infinity }
  collect(expression, { at: undefined, by: 0 }, lookback, reads)
  return reads
}

/** A time: `by` ms after `at`, or after the step's time when `at` is undefined. */
interface Latest {
  readonly at: number | undefined
  readonly by: number
}

function collect(node: Expression, from: Latest, lookback: number, reads: { ahead: number; fixed: number }): void {
  if (node.kind === 'matrix') return collect(node.selector, from, lookback, reads)
  if (node.kind === 'selector') {
    const { at, by } = moved(from, node)
    const last = by + (node.extent === 'smoothed' ? lookback : 0)
    if (at === undefined) reads.ahead = Math.max(reads.ahead, last)
    else reads.fixed = Math.max(reads.fixed, at + last)
    return
  }
  const inside = node.kind === 'subquery' ? moved(from, node) : from
  for (const child of children(node)) collect(child, inside, lookback, reads)
}

function moved(from: Latest, { at, offset }: { readonly at?: unknown; readonly offset: number }): Latest {
  return typeof at === 'number' ? { at, by: -offset } : { at: from.at, by: from.by - offset }
}
