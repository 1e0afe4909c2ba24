/** The tree of an explained query with each node's share of the whole time. */
import type { ExplainedNode } from '../../data/frame.ts'

export interface CostedNode {
  readonly node: ExplainedNode
  /** Time with all that is below it, from 0 to 1. */
  readonly share: number
  readonly children: readonly CostedNode[]
}

/** Parts that stream into an aggregation overlap with it: what takes longer than the root counts as all of it. */
export function costsOf(root: ExplainedNode): CostedNode {
  const whole = timeOf(root)
  const costed = (node: ExplainedNode): CostedNode => ({
    node,
    share: whole === 0 ? 0 : Math.min(1, (node.elapsedMs ?? 0) / whole),
    children: node.children.map(costed),
  })
  return costed(root)
}

const timeOf = ({ elapsedMs, children }: ExplainedNode): number =>
  elapsedMs ?? children.reduce((sum, child) => Math.max(sum, timeOf(child)), 0)
