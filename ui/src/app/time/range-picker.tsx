import { Button, Popover, SegmentedControl, TextInput, Tooltip } from '@mantine/core'
import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconChevronLeft, IconChevronRight, IconClock, IconZoomOut } from '../../kit/icons.ts'
import { momentFormat, parseMoment } from '../../kit/moment.ts'
import styles from './picker.module.css'
import { isLive, QUICK_RANGES, quickOf, resolveEnd, shifted, widened } from './range.ts'
import { useTimeRange } from './range-context.tsx'
import { useMoment } from './use-moment.ts'
import { useDurationName, useRangeName } from './use-range-name.ts'

export function RangePicker() {
  const { t } = useTranslation()
  const range = useTimeRange()
  const moment = useMoment()
  const nameOf = useRangeName()
  const [opened, setOpened] = useState(false)
  const label = `${nameOf(range.text)}${range.zone === 'utc' ? ' UTC' : ''}`
  const span = `${moment.full(range.resolved.start * 1000)} – ${moment.full(range.resolved.end * 1000)} ${moment.zone}`
  return (
    <div className={styles['group']} role="group" aria-label={t('time.label')}>
      <Tooltip label={t('time.back')}>
        <Button
          px={6}
          className={styles['shift'] ?? ''}
          aria-label={t('time.back')}
          onClick={() => range.setRange(shifted(range.resolved, -1, Date.now()))}
        >
          <IconChevronLeft size={15} />
        </Button>
      </Tooltip>
      <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus returnFocus>
        <Tooltip label={span} disabled={opened} fz={12}>
          <Popover.Target>
            <Button
              leftSection={<IconClock size={15} aria-hidden />}
              aria-label={`${t('time.label')}: ${label}`}
              data-testid="range-button"
              onClick={() => setOpened(!opened)}
            >
              <span className={styles['current']}>{label}</span>
            </Button>
          </Popover.Target>
        </Tooltip>
        <Popover.Dropdown aria-label={t('time.label')}>
          {opened && <RangeForm onDone={() => setOpened(false)} />}
        </Popover.Dropdown>
      </Popover>
      <Tooltip label={t('time.forward')}>
        <Button
          px={6}
          className={styles['shift'] ?? ''}
          aria-label={t('time.forward')}
          disabled={isLive(range.text)}
          onClick={() => range.setRange(shifted(range.resolved, 1, Date.now()))}
        >
          <IconChevronRight size={15} />
        </Button>
      </Tooltip>
      <Tooltip label={t('time.widen')}>
        <Button
          px={6}
          className={styles['shift'] ?? ''}
          aria-label={t('time.widen')}
          onClick={() => range.setRange(widened(range.text, range.resolved))}
        >
          <IconZoomOut size={15} />
        </Button>
      </Tooltip>
    </div>
  )
}

function RangeForm({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation()
  const range = useTimeRange()
  const nameOf = useDurationName()
  const id = useId()
  const browserZone = momentFormat('en', 'browser').zone
  const pick = (duration: string): void => {
    range.setRange({ from: `now-${duration}`, to: 'now' })
    onDone()
  }
  return (
    <div className={styles['columns']}>
      <div>
        <div className={styles['caption']}>{t('time.quick')}</div>
        <div className={styles['quick']}>
          {QUICK_RANGES.map((duration) => (
            <button
              key={duration}
              type="button"
              className={styles['quickItem']}
              aria-pressed={quickOf(range.text) === duration}
              onClick={() => pick(duration)}
            >
              {nameOf(duration)}
            </button>
          ))}
        </div>
      </div>
      <div>
        <div className={styles['caption']}>{t('time.custom')}</div>
        <CustomRange onDone={onDone} />
        <div className={styles['caption']} id={`${id}-zone`} style={{ marginTop: 16 }}>
          {t('time.zone')}
        </div>
        <SegmentedControl
          fullWidth
          aria-labelledby={`${id}-zone`}
          value={range.zone}
          onChange={(zone) => range.setZone(zone === 'utc' ? 'utc' : 'browser')}
          data={[
            { value: 'browser', label: t('time.zoneBrowser', { zone: browserZone }) },
            { value: 'utc', label: 'UTC' },
          ]}
        />
      </div>
    </div>
  )
}

function CustomRange({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation()
  const { text, zone, setRange } = useTimeRange()
  const moment = useMoment()
  const [draft, setDraft] = useState(text)
  const [tried, setTried] = useState(false)
  useEffect(() => {
    const print = (end: string): string => (/^\d+$/.test(end) ? moment.full(Number(end)) : end)
    setDraft({ from: print(text.from), to: print(text.to) })
  }, [text.from, text.to, moment])

  const read = (end: string): string | undefined => {
    const given = end.trim()
    if (resolveEnd(given, 0) !== undefined) return given
    const ms = parseMoment(given, zone)
    return ms === undefined ? undefined : String(ms)
  }
  const from = read(draft.from)
  const to = read(draft.to)
  const now = Date.now()
  const backwards = from !== undefined && to !== undefined && (resolveEnd(from, now) ?? 0) >= (resolveEnd(to, now) ?? 0)
  const apply = (): void => {
    setTried(true)
    if (from === undefined || to === undefined || backwards) return
    setRange({ from, to })
    onDone()
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        apply()
      }}
    >
      <TextInput
        data-autofocus
        label={t('time.from')}
        description={t('time.hint')}
        value={draft.from}
        error={tried && from === undefined ? t('time.invalid') : undefined}
        onChange={(event) => setDraft({ ...draft, from: event.currentTarget.value })}
      />
      <TextInput
        mt={8}
        label={t('time.to')}
        value={draft.to}
        error={tried && to === undefined ? t('time.invalid') : tried && backwards ? t('time.backwards') : undefined}
        onChange={(event) => setDraft({ ...draft, to: event.currentTarget.value })}
      />
      <Button type="submit" variant="filled" fullWidth mt={12}>
        {t('time.apply')}
      </Button>
    </form>
  )
}
