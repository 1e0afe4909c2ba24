import type { en } from './en/en.ts'

/** The same tree of keys with any texts. Korean has no plural forms: of `x_one` and `x_other` only the latter is asked for. */
type Translated<T> = {
  readonly [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string ? string : Translated<T[K]>
}

/** What a translation must hold; English is the source. */
export type Catalogue = Translated<typeof en>

export const LANGUAGES = ['en', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

/** The language chosen before, else the browser's, else English. */
export function chooseLanguage(stored: string | null, browser: readonly string[]): Language {
  for (const wanted of [stored, ...browser]) {
    const found = LANGUAGES.find((language) => wanted?.toLowerCase().startsWith(language) === true)
    if (found !== undefined) return found
  }
  return 'en'
}
