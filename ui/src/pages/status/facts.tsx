import { Fragment } from 'react'
import type { ReactNode } from 'react'
import { Panel } from '../../kit/panel.tsx'
import styles from './status.module.css'

export interface Fact {
  readonly name: string
  readonly value: ReactNode
}

/** A titled list of names and values. */
export function FactsPanel({ title, facts }: { readonly title: string; readonly facts: readonly Fact[] }) {
  return (
    <Panel title={title}>
      <dl className={styles['facts']}>
        {facts.map(({ name, value }) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </Panel>
  )
}
