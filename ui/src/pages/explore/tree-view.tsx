import { ActionIcon, Tooltip } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/preferences.ts'
import type { ExplainedNode } from '../../data/frame.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { IconPlayerPlay, IconSitemap } from '../../kit/icons.ts'
import { grouped, shortNumber } from '../../kit/number.ts'
import { costsOf } from './tree-costs.ts'
import type { CostedNode } from './tree-costs.ts'
import styles from './tree.module.css'

export interface TreeViewProps {
  readonly query: string
  readonly root: ExplainedNode | undefined
  /** Selects a part in the editor. */
  readonly onSelect: (from: number, to: number) => void
  /** Runs a part as a query of its own. */
  readonly onRun: (query: string) => void
}

/** The query as it was evaluated: what each part gave, read, and took. */
export function TreeView(props: TreeViewProps) {
  const { t } = useTranslation()
  const { root } = props
  const tree = useMemo(() => root && costsOf(root), [root])
  if (tree === undefined) return <EmptyState icon={IconSitemap} title={t('explore.tree.none')} />
  return (
    <div className={styles['tree']} data-testid="tree">
      <div className={styles['columns']} aria-hidden>
        <span>{t('explore.tree.part')}</span>
        <span>{t('explore.tree.series')}</span>
        <span>{t('explore.tree.samples')}</span>
        <span>{t('explore.tree.time')}</span>
        <span />
      </div>
      <ul aria-label={t('explore.view.tree')}>
        <Branch {...props} branch={tree} depth={0} />
      </ul>
      <p className={styles['hint']}>{t('explore.tree.hint')}</p>
    </div>
  )
}

type BranchProps = TreeViewProps & { readonly branch: CostedNode; readonly depth: number }

function Branch(props: BranchProps) {
  const { branch, depth } = props
  return (
    <li>
      <Row {...props} />
      {branch.children.length > 0 && (
        <ul>
          {branch.children.map((child) => (
            <Branch
              key={`${child.node.start} ${child.node.end} ${child.node.kind}`}
              {...props}
              branch={child}
              depth={depth + 1}
            />
          ))}
        </ul>
      )}
    </li>
  )
}

function Row({ query, branch, depth, onSelect, onRun }: BranchProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { node, share } = branch
  const { series, samples, elapsedMs, route } = node
  const runnable = node.type !== 'string'
  return (
    <div className={styles['row']} data-kind={node.kind} data-testid="tree-node">
      <button
        type="button"
        className={styles['part']}
        style={{ paddingInlineStart: 8 + depth * 18 }}
        title={node.text}
        onClick={() => onSelect(node.start, node.end)}
      >
        <span className={styles['kind']}>{t(`explore.tree.kind.${kindOf(node)}`)}</span>
        <code>{headOf(node, query)}</code>
        {route !== undefined && <small>{route}</small>}
      </button>
      <Fact label={t('explore.tree.series')} known={series !== undefined}>
        {series !== undefined && <span data-empty={series === 0}>{grouped(series, language)}</span>}
      </Fact>
      <Fact label={t('explore.tree.samples')} known={samples !== undefined}>
        {samples !== undefined && <span title={grouped(samples, language)}>{shortNumber(samples, 3)}</span>}
      </Fact>
      <Fact label={t('explore.tree.time')} known={elapsedMs !== undefined}>
        {elapsedMs !== undefined && (
          <>
            <i className={styles['share']}>
              <i style={{ width: `${share * 100}%` }} />
            </i>
            <span>{t('explore.tree.ms', { ms: printMs(elapsedMs), share: `${Math.round(share * 100)} %` })}</span>
          </>
        )}
      </Fact>
      <span>
        {runnable && depth > 0 && (
          <Tooltip label={t('explore.tree.run')}>
            <ActionIcon aria-label={t('explore.tree.runPart', { part: node.text })} onClick={() => onRun(node.text)}>
              <IconPlayerPlay size={14} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        )}
      </span>
    </div>
  )
}

interface FactProps {
  readonly label: string
  readonly known: boolean
  readonly children: React.ReactNode
}

const Fact = ({ label, known, children }: FactProps) => (
  <span className={styles['fact']} data-known={known}>
    <span className={styles['factLabel']}>{label} </span>
    {known ? children : <span className="muted">·</span>}
  </span>
)

const printMs = (ms: number): string => (ms < 10 ? ms.toPrecision(2) : String(Math.round(ms)))

const KINDS = [
  'number',
  'string',
  'selector',
  'matrix',
  'subquery',
  'call',
  'aggregation',
  'binary',
  'unary',
  'parens',
] as const

const kindOf = ({ kind }: ExplainedNode) => KINDS.find((one) => one === kind) ?? 'call'

/** What a node does itself: its text up to what its children say. */
function headOf({ kind, text, start, end, children }: ExplainedNode, query: string): string {
  const [first] = children
  if (first === undefined || kind === 'matrix') return text
  if (kind === 'binary') {
    const [left, right] = children
    const between = query.slice(left?.end ?? start, right?.start ?? end)
    return (
      between
        .replaceAll(/\s+/g, ' ')
        .replaceAll(/^[\s)]+|[\s(]+$/g, '')
        .trim() || text
    )
  }
  const head = /^[^(]*\(/.exec(text)?.[0]
  if (kind === 'aggregation') return `${text.replace(/\([^()]*(?:\([^()]*\)[^()]*)*\)$/, '').trim()} (…)`.slice(0, 200)
  return head === undefined ? text : `${head}…)`
}
