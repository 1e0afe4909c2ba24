/** From a discovered target to the labels it is scraped under. Follows PopulateLabels, prometheus/scrape/target.go@v3.14. */
import { BongsuError } from '../../core/errors.ts'
import { parseDuration, printDuration } from '../../core/time.ts'
import { LabelSet } from '../../model/labels.ts'
import { isUnicode } from '../../model/names.ts'
import type { Relabeler } from '../../pipeline/relabel/relabel.ts'
import type { TargetGroup } from '../discovery/target-group.ts'
import type { ScrapeConfig } from './config.ts'
import { badTarget } from './errors.ts'

export const ADDRESS = '__address__'
export const SCHEME = '__scheme__'
export const METRICS_PATH = '__metrics_path__'
export const INTERVAL = '__scrape_interval__'
export const TIMEOUT = '__scrape_timeout__'
export const PARAM_PREFIX = '__param_'
export const UNIX_SOCKET = '__unix_socket__'
export const TO_NHCB = '__convert_classic_histograms_to_nhcb__'
export const ALWAYS_CLASSIC = '__always_scrape_classic_histograms__'
export const NATIVE_HISTOGRAMS = '__scrape_native_histograms__'

/** Labels before relabeling: the target's own, its group's, then what the job says, each only where still free. */
export function discoveredLabels(
  config: ScrapeConfig,
  target: Readonly<Record<string, string>>,
  group: TargetGroup['labels'],
): LabelSet {
  const labels = new Map<string, string>(Object.entries({ ...group, ...target }))
  const fill = (name: string, value: string): void => {
    if ((labels.get(name) ?? '') === '') labels.set(name, value)
  }
  fill('job', config.job_name)
  fill(INTERVAL, printDuration(config.scrape_interval))
  fill(TIMEOUT, printDuration(config.scrape_timeout))
  fill(METRICS_PATH, config.metrics_path)
  fill(SCHEME, config.scheme)
  fill(TO_NHCB, String(config.convert_classic_histograms_to_nhcb))
  fill(ALWAYS_CLASSIC, String(config.always_scrape_classic_histograms))
  fill(NATIVE_HISTOGRAMS, String(config.scrape_native_histograms))
  for (const [name, [first]] of Object.entries(config.params)) {
    if (first !== undefined) fill(`${PARAM_PREFIX}${name}`, first)
  }
  return LabelSet.from(labels)
}

/**
 * Relabels and checks. Undefined when relabeling drops the target; throws `scrape.bad_target` for one that can't be scraped.
 * The result still has labels that begin with `__`, without `__meta_*`.
 */
export function targetLabels(discovered: LabelSet, relabel: Relabeler): LabelSet | undefined {
  const labels = relabel(discovered)
  if (labels === undefined) return undefined
  const address = labels.get(ADDRESS)
  if (address === undefined) throw badTarget({ detail: 'no address' })
  if (address.includes('/')) throw badTarget({ detail: `${JSON.stringify(address)} is not a valid hostname` })
  checkTimes(labels)
  for (const name of [TO_NHCB, ALWAYS_CLASSIC, NATIVE_HISTOGRAMS]) checkBoolean(name, labels.get(name))
  const kept = [...labels.entries()].filter(([name]) => !name.startsWith('__meta_'))
  for (const [name, value] of kept) {
    if (!isUnicode(value)) throw badTarget({ detail: `invalid label value for ${JSON.stringify(name)}` })
  }
  if (!labels.has('instance')) kept.push(['instance', address])
  return LabelSet.from(kept)
}

/** Labels that the target's series carry: those that don't begin with `__`. */
export function publicLabels(labels: LabelSet): LabelSet {
  return LabelSet.fromSorted([...labels.entries()].filter(([name]) => !name.startsWith('__')).flat())
}

/** The value of a label that holds a boolean as Go's strconv.ParseBool reads it; undefined for anything else. */
export function parseBoolean(text: string | undefined): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text ?? '')) return true
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text ?? '') ? false : undefined
}

export function isBadTarget(error: unknown): error is BongsuError {
  return error instanceof BongsuError && error.code === badTarget.definition.code
}

function checkTimes(labels: LabelSet): void {
  const interval = timeOf('interval', labels.get(INTERVAL) ?? '')
  const timeout = timeOf('timeout', labels.get(TIMEOUT) ?? '')
  if (timeout <= interval) return
  const detail = `scrape timeout cannot be greater than scrape interval ("${labels.get(TIMEOUT)}" > "${labels.get(INTERVAL)}")`
  throw badTarget({ detail })
}

function timeOf(what: string, text: string): number {
  const parsed = parseDuration(text)
  if (parsed === undefined) {
    throw badTarget({ detail: `error parsing scrape ${what}: not a valid duration string: ${JSON.stringify(text)}` })
  }
  if (parsed === 0) throw badTarget({ detail: `scrape ${what} cannot be 0` })
  return parsed
}

function checkBoolean(name: string, value: string | undefined): void {
  if (value === undefined || parseBoolean(value) !== undefined) return
  throw badTarget({ detail: `label ${name} is not a boolean: ${JSON.stringify(value)}` })
}
