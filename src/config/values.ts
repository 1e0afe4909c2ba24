/** Zod types for values that users write as text. */
import { z } from 'zod'
import { durationMs, parseDuration } from '../core/time.ts'
import type { DurationMs } from '../core/time.ts'
import { Secret } from './secret.ts'
import { httpUrlFault, urlFault } from './url.ts'

/** A Prometheus duration: `15s`, `1h30m`. */
export const duration = z
  .string()
  .transform((text, ctx): DurationMs => {
    const parsed = parseDuration(text)
    if (parsed !== undefined) return parsed
    ctx.addIssue({ code: 'custom', message: `not a duration: ${JSON.stringify(text)} (try 15s, 1h30m)` })
    return durationMs(0)
  })
  .meta({ unit: 'duration' })

const SIZE = /^(\d+(?:\.\d+)?)\s*([KMGTPE]?i?)B$/
const FACTORS: Readonly<Record<string, number>> = {
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
  P: 1024 ** 5,
  E: 1024 ** 6,
}

/** A size as Prometheus writes it (`512MB`, `10MiB`; both mean powers of 1024), in bytes; a bare number is bytes. */
export const bytes = z
  .union([z.string(), z.number()])
  .transform((value, ctx): number => {
    if (typeof value === 'number') return value
    if (value === '0') return 0
    const match = SIZE.exec(value)
    if (match !== null) return Math.round(Number(match[1]) * (FACTORS[match[2]?.[0] ?? ''] ?? 1))
    ctx.addIssue({ code: 'custom', message: `not a size: ${JSON.stringify(value)} (try 512MB, 4GB)` })
    return 0
  })
  .meta({ unit: 'bytes' })

/** A value that is never shown: not in logs, not in /api/v1/status/config. */
export const secret = z
  .string()
  .transform((text) => new Secret(text))
  .meta({ secret: true })

const SIZES = /(\d+(?:\.\d*)?|\.\d+)([KMGTPE]i?)?B/y

/**
 * A size that must carry its unit (`15MB`, `1GB512MB`; powers of 1024) unless it is 0, in bytes; never negative.
 * Follows units.ParseBase2Bytes, alecthomas/units, which the upstream keys of this type go through.
 */
export const sizeWithUnit = z
  .string()
  .transform((text, ctx): number => {
    const parsed = text === '0' ? 0 : parseSizes(text)
    if (parsed !== undefined) return parsed
    ctx.addIssue({ code: 'custom', message: `not a size with its unit: ${JSON.stringify(text)} (try 15MB, 1GB)` })
    return 0
  })
  .meta({ unit: 'bytes' })

function parseSizes(text: string): number | undefined {
  const sizes = new RegExp(SIZES)
  let total = 0
  for (let at = 0; at < text.length; at = sizes.lastIndex) {
    const match = sizes.exec(text)
    if (match === null) return undefined
    total += Number(match[1]) * (FACTORS[match[2]?.[0] ?? ''] ?? 1)
  }
  return text === '' ? undefined : Math.floor(total)
}

/** A whole number that is not negative. */
export const count = z.int({ error: 'must be a whole number' }).min(0, { error: 'must not be negative' })

/** A path of a file. `config/load.ts` resolves a relative one against the folder of the file that names it. */
export const filePath = z.string().meta({ path: true })

/** A path of a file or folder that is written: it need not be there. */
export const outputPath = z.string().meta({ path: true, output: true })

/** A URL as upstream's keys take it: see `urlFault`. */
export const url = z
  .string()
  .superRefine((text, ctx) => {
    const fault = urlFault(text)
    if (fault !== undefined) ctx.addIssue({ code: 'custom', message: fault })
  })
  .meta({ url: true })

/** A URL that must lead to an HTTP server. */
export const httpUrl = z
  .string({ error: 'URL is missing' })
  .superRefine((text, ctx) => {
    const fault = text === '' ? 'URL is missing' : httpUrlFault(text)
    if (fault !== undefined) ctx.addIssue({ code: 'custom', message: fault })
  })
  .meta({ url: true })

/** Text that must be there and must not be empty; `message` says so. */
export const required = (message: string): z.ZodString => z.string({ error: message }).min(1, { error: message })
