import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/preferences.ts'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { useMoment } from '../../app/time/use-moment.ts'
import { status } from '../../data/bongsu.ts'
import type { Status } from '../../data/bongsu.ts'
import { buildInfo, runtimeInfo, tsdbStatus } from '../../data/prometheus.ts'
import type { Facts, TsdbStatus } from '../../data/prometheus.ts'
import { useTenant } from '../../data/use-tenant.ts'
import { binaryBytes, grouped, seconds } from '../../kit/number.ts'
import { QueryView } from '../../kit/query-view.tsx'
import { FactsPanel } from './facts.tsx'
import type { Fact } from './facts.tsx'
import styles from './status.module.css'

interface Answer {
  readonly status: Status
  readonly build: Facts
  readonly runtime: Facts
  readonly tsdb: TsdbStatus
}

export function Overview() {
  const tenant = useTenant()
  const { refreshedAt } = useTimeRange()
  const query = useQuery({
    queryKey: ['status', tenant, refreshedAt],
    queryFn: async ({ signal }): Promise<Answer> => {
      const ctx = { tenant, signal }
      const [own, build, runtime, tsdb] = await Promise.all([
        status(ctx),
        buildInfo(ctx),
        runtimeInfo(ctx),
        tsdbStatus(ctx),
      ])
      return { status: own, build: build.data, runtime: runtime.data, tsdb: tsdb.data }
    },
    placeholderData: keepPreviousData,
  })
  return <QueryView query={query}>{(answer) => <Panels answer={answer} />}</QueryView>
}

function Panels({ answer }: { readonly answer: Answer }) {
  const { t } = useTranslation()
  const print = usePrinters()
  const { status: own, tsdb } = answer
  return (
    <div className={styles['grid']}>
      <FactsPanel
        title={t('status.process')}
        facts={[
          { name: t('status.version'), value: own.version },
          { name: t('status.node'), value: own.nodeVersion },
          { name: t('status.started'), value: print.moment(own.startedAt) },
          { name: t('status.uptime'), value: seconds(own.uptimeSeconds) },
          { name: t('status.memory'), value: binaryBytes(own.process.residentBytes) },
          { name: t('status.heap'), value: binaryBytes(own.process.heapUsedBytes) },
          { name: t('status.cpu'), value: seconds(own.process.cpuSeconds) },
        ]}
      />
      <FactsPanel title={t('status.store')} facts={storeFacts(own, t, print)} />
      <FactsPanel
        title={t('status.head')}
        facts={[
          { name: t('status.tenant'), value: own.tenant },
          { name: t('status.series'), value: print.count(own.head.series) },
          { name: t('status.labelPairs'), value: print.count(tsdb.headStats.numLabelPairs) },
          { name: t('status.minTime'), value: print.moment(own.head.minTime) },
          { name: t('status.maxTime'), value: print.moment(own.head.maxTime) },
        ]}
      />
      <FactsPanel
        title={t('status.ingest')}
        facts={[
          { name: t('status.accepted'), value: print.count(own.ingest.acceptedSamples) },
          { name: t('status.rejected'), value: print.count(own.ingest.rejectedSamples) },
          { name: t('status.lastAccepted'), value: print.moment(own.ingest.lastAcceptedAt) },
        ]}
      />
      <FactsPanel title={t('status.build')} facts={plainFacts(answer.build)} />
      <FactsPanel title={t('status.runtime')} facts={plainFacts(answer.runtime)} />
    </div>
  )
}

interface Printers {
  readonly count: (value: number | null) => string
  readonly moment: (ms: number | null) => string
}

function usePrinters(): Printers {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const moment = useMoment()
  return {
    count: (value) => (value === null ? t('status.unknown') : grouped(value, language)),
    moment: (ms) => (ms === null ? t('status.never') : moment.full(ms)),
  }
}

function storeFacts({ store }: Status, t: ReturnType<typeof useTranslation>['t'], print: Printers): readonly Fact[] {
  return [
    { name: t('status.kind'), value: t(`status.${store.kind}`) },
    { name: t('status.database'), value: store.version ?? t('status.unknown') },
    { name: t('status.samples'), value: print.count(store.samples) },
    { name: t('status.disk'), value: store.diskBytes === null ? t('status.unknown') : binaryBytes(store.diskBytes) },
    {
      name: t('status.retention'),
      value: store.retentionSeconds === 0 ? t('status.forever') : seconds(store.retentionSeconds),
    },
  ]
}

/** Facts of the Go runtime, which Bongsu has not. */
const GO = new Set(['goroutineCount', 'GOMAXPROCS', 'GOMEMLIMIT', 'GOGC', 'GODEBUG'])

/** What the Prometheus API tells of itself, under its own names. */
function plainFacts(facts: Facts): readonly Fact[] {
  return Object.entries(facts)
    .filter(([name, value]) => value !== '' && !(GO.has(name) && Number(value) === 0))
    .map(([name, value]) => ({ name, value: <span className="mono">{String(value)}</span> }))
}
