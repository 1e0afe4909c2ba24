import { ActionIcon, Popover, Tooltip } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Labels } from '../../data/frame.ts'
import { facetsOf, NAME } from '../../data/labels.ts'
import type { LabelFacet } from '../../data/labels.ts'
import { parseSelector, printSelector, withMatcher } from '../../data/selector.ts'
import type { Matcher } from '../../data/selector.ts'
import { IconCircleMinus } from '../../kit/icons.ts'
import { matches, SearchInput } from '../../kit/search-input.tsx'
import styles from './explore.module.css'

const SHOWN_VALUES = 200
/** Labels shown without being asked to: one line of them. */
const SHOWN_LABELS = 10

export interface BreakdownProps {
  readonly query: string
  readonly sets: readonly Labels[]
  readonly onQuery: (query: string) => void
}

/** The labels by which the result splits up. Picking a value narrows the query, the minus leaves the value out. */
export function Breakdown({ query, sets, onQuery }: BreakdownProps) {
  const { t } = useTranslation()
  const facets = useMemo(() => facetsOf(sets).filter(({ name, values }) => name !== NAME || values.length > 1), [sets])
  const [all, setAll] = useState(false)
  const selector = parseSelector(query)
  if (facets.length === 0) return null
  const narrow =
    selector === undefined
      ? undefined
      : (matcher: Matcher): void => onQuery(printSelector(withMatcher(selector, matcher)))
  return (
    <div className={styles['breakdown']} role="group" aria-label={t('explore.breakdown.title')}>
      {(all ? facets : facets.slice(0, SHOWN_LABELS)).map((facet) => (
        <Facet key={facet.name} facet={facet} narrow={narrow} />
      ))}
      {!all && facets.length > SHOWN_LABELS && (
        <button type="button" className={styles['facet']} onClick={() => setAll(true)}>
          <small>{t('explore.breakdown.more', { n: facets.length - SHOWN_LABELS })}</small>
        </button>
      )}
    </div>
  )
}

interface FacetProps {
  readonly facet: LabelFacet
  readonly narrow: ((matcher: Matcher) => void) | undefined
}

function Facet({ facet, narrow }: FacetProps) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  const { name, values } = facet
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={320} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={styles['facet']} onClick={() => setOpened(!opened)}>
          {name}
          <small>{t('explore.breakdown.values', { count: values.length, n: values.length })}</small>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={8} aria-label={name}>
        {opened && (
          <Values
            facet={facet}
            narrow={
              narrow &&
              ((matcher) => {
                setOpened(false)
                narrow(matcher)
              })
            }
          />
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

function Values({ facet, narrow }: FacetProps) {
  const { t } = useTranslation()
  const [find, setFind] = useState('')
  const { name, values, absent } = facet
  const found = values.filter(({ value }) => matches(value, find))
  return (
    <>
      <SearchInput
        data-autofocus
        value={find}
        onSearch={setFind}
        placeholder={t('explore.breakdown.find')}
        aria-label={t('explore.breakdown.find')}
      />
      {narrow === undefined && <div className="muted">{t('explore.breakdown.notPlain')}</div>}
      <div className={styles['facetList']}>
        {found.slice(0, SHOWN_VALUES).map(({ value, series }) => (
          <div key={value} className={styles['facetRow']}>
            <button
              type="button"
              disabled={narrow === undefined}
              title={t('explore.breakdown.only', { value })}
              onClick={() => narrow?.({ name, op: '=', value })}
            >
              {value}
            </button>
            <span className="muted">{series}</span>
            <Tooltip label={t('explore.breakdown.except', { value })}>
              <ActionIcon
                size={24}
                disabled={narrow === undefined}
                aria-label={t('explore.breakdown.except', { value })}
                onClick={() => narrow?.({ name, op: '!=', value })}
              >
                <IconCircleMinus size={15} />
              </ActionIcon>
            </Tooltip>
          </div>
        ))}
        {found.length === 0 && <div className={`${styles['facetRow']} muted`}>{t('kit.noMatch', { text: find })}</div>}
        {found.length > SHOWN_VALUES && (
          <div className={`${styles['facetRow']} muted`}>
            {t('explore.breakdown.more', { n: found.length - SHOWN_VALUES })}
          </div>
        )}
        {absent > 0 && (
          <div className={`${styles['facetRow']} muted`}>
            {t('explore.breakdown.absent', { count: absent, n: absent })}
          </div>
        )}
      </div>
    </>
  )
}
