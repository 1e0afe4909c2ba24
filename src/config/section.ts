import type { z } from 'zod'

/**
 * One top-level part of the configuration file. Lives beside the component that it configures; `app-config/sections.ts` lists all.
 * From the one schema come the check of a file, the reference in docs/reference/config.md and the editor's JSON schema:
 * every key has a `.describe()`, and defaults are given with `.prefault()` as the text that a user would write.
 */
export interface Section<S extends z.ZodType = z.ZodType> {
  /** Top-level key in the file; upstream's spelling where there is an upstream. */
  readonly key: string
  readonly summary: string
  /** 'live': applied by a reload; 'restart': a reload reports that a restart is needed. */
  readonly reload: 'live' | 'restart'
  readonly schema: S
}

export function defineSection<S extends z.ZodType>(section: Section<S>): Section<S> {
  return section
}

/** The parsed value of a section. */
export type ConfigOf<T> = T extends Section<infer S> ? z.output<S> : never
