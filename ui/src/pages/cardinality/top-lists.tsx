import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/preferences.ts'
import type { CardinalityAnswer } from '../../data/bongsu.ts'
import { selectorOf } from '../../data/labels.ts'
import { parseSelector, printSelector, withMatcher } from '../../data/selector.ts'
import { binaryBytes, grouped, shortNumber } from '../../kit/number.ts'
import { Panel } from '../../kit/panel.tsx'
import styles from './cardinality.module.css'

type Counts = CardinalityAnswer['byMetric']

export interface TopListsProps {
  readonly answer: CardinalityAnswer
  readonly match: string | undefined
}

/** The five rankings. Metrics lead to the explorer, pairs and labels narrow this very page. */
export function TopLists({ answer, match }: TopListsProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const count = (value: number): string => grouped(value, language)
  const bytes = answer.bytesByLabel.reduce((sum, { value }) => sum + value, 0)
  return (
    <div className={styles['grid']}>
      <TopList
        title={t('cardinality.byMetric')}
        hint={t('cardinality.byMetricHint')}
        rows={answer.byMetric}
        whole={answer.series}
        print={count}
        link={(name) => ({ to: '/explore', query: narrowed(match, '__name__', name) })}
      />
      <TopList
        title={t('cardinality.byPair')}
        hint={t('cardinality.byPairHint')}
        rows={answer.byPair}
        whole={answer.series}
        print={count}
        link={(pair) => {
          const at = pair.indexOf('=')
          return { to: '/cardinality', query: narrowed(match, pair.slice(0, at), pair.slice(at + 1)) }
        }}
      />
      <TopList
        title={t('cardinality.seriesByLabel')}
        hint={t('cardinality.seriesByLabelHint')}
        rows={answer.seriesByLabel}
        whole={answer.series}
        print={count}
      />
      <TopList
        title={t('cardinality.valuesByLabel')}
        hint={t('cardinality.valuesByLabelHint')}
        rows={answer.valuesByLabel}
        whole={undefined}
        print={count}
      />
      <TopList
        title={t('cardinality.bytesByLabel')}
        hint={t('cardinality.bytesByLabelHint')}
        rows={answer.bytesByLabel}
        whole={bytes}
        print={binaryBytes}
      />
    </div>
  )
}

/** The selector of the page with one more matcher, as far as it is a plain one. */
function narrowed(match: string | undefined, name: string, value: string): string {
  const selector = match === undefined ? { metric: '', matchers: [] } : parseSelector(match)
  if (selector === undefined) return name === '__name__' ? selectorOf(value) : (match ?? '')
  return printSelector(withMatcher(selector, { name, op: '=', value }))
}

interface TopListProps {
  readonly title: string
  readonly hint: string
  readonly rows: Counts
  /** What a share is taken of; undefined = of the largest, and no percentage. */
  readonly whole: number | undefined
  readonly print: (value: number) => string
  readonly link?: (name: string) => { readonly to: '/explore' | '/cardinality'; readonly query: string }
}

function TopList({ title, hint, rows, whole, print, link }: TopListProps) {
  const { t } = useTranslation()
  const base = whole ?? rows[0]?.value ?? 0
  return (
    <Panel title={title} hint={hint}>
      <ul className={styles['rows']} aria-label={title}>
        {rows.map(({ name, value }) => (
          <li key={name} className={styles['row']} style={{ ['--share' as string]: base === 0 ? 0 : value / base }}>
            <span className={styles['name']} title={name}>
              {link === undefined ? name : <Target name={name} {...link(name)} />}
            </span>
            <span>{print(value)}</span>
            <span className={styles['share']}>
              {whole === undefined || whole === 0 ? '' : `${shortNumber((value / whole) * 100, 3)} %`}
            </span>
          </li>
        ))}
        {rows.length === 0 && (
          <li className={styles['row']}>
            <span className="muted">{t('kit.none')}</span>
          </li>
        )}
      </ul>
    </Panel>
  )
}

function Target({
  name,
  to,
  query,
}: {
  readonly name: string
  readonly to: '/explore' | '/cardinality'
  readonly query: string
}) {
  if (to === '/explore')
    return (
      <Link to="/explore" search={{ query }}>
        {name}
      </Link>
    )
  return (
    <Link to="/cardinality" search={(previous) => ({ ...previous, match: query })}>
      {name}
    </Link>
  )
}
