/**
 * OTLP units (UCUM, case-sensitive) in Prometheus' words.
 * Follows UnitNamer, prometheus/otlptranslator/unit_namer.go, and the OpenTelemetry specification,
 * compatibility/prometheus_and_openmetrics.md, "Metric Metadata".
 */

const UNITS: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
])

const PER_UNITS: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
])

/** The two parts that a unit adds to a metric name; '' for none. */
export interface UnitSuffixes {
  readonly main: string
  /** Begins with `per_`. */
  readonly per: string
}

/** The suffixes in words, not yet cleaned of characters that a name may not have. Units in braces are remarks: they add nothing. */
export function unitSuffixes(unit: string): UnitSuffixes {
  const slash = unit.indexOf('/')
  const main = word(slash === -1 ? unit : unit.slice(0, slash), UNITS)
  const per = slash === -1 ? '' : word(unit.slice(slash + 1), PER_UNITS)
  return { main, per: per === '' ? '' : `per_${per}` }
}

function word(part: string, words: ReadonlyMap<string, string>): string {
  const unit = part.trim()
  return /[{}]/.test(unit) ? '' : (words.get(unit) ?? unit)
}

/** Only characters of a metric name, no run of underscores, none at the start. */
export function cleanUnit(unit: string): string {
  return unit
    .replace(/[^a-zA-Z0-9:]/gu, '_')
    .replace(/__+/g, '_')
    .replace(/^_/, '')
}

/** The unit as it stands in a metric's metadata: `By/s` is `bytes_per_second`. */
export function unitName(unit: string): string {
  const { main, per } = unitSuffixes(unit)
  return [cleanUnit(main), cleanUnit(per)]
    .filter((part) => part !== '')
    .join('_')
    .replace(/^_/, '')
    .replace(/_$/, '')
}
