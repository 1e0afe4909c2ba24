import { useCallback, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { LANGUAGES } from '../i18n/catalogue.ts'
import type { Language } from '../i18n/catalogue.ts'

/** Keys in the browser's local storage; public/boot.js reads the first two before the first paint. */
export const THEME_KEY = 'bongsu.theme'
export const LANGUAGE_KEY = 'bongsu.language'
export const FOLDED_KEY = 'bongsu.nav-folded'
export const LIST_KEY = 'bongsu.metric-list'
export const HISTORY_KEY = 'bongsu.queries'

/** Local storage may be forbidden; then settings last as long as the page. */
export function readSetting(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function writeSetting(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // The setting holds until the page is left.
  }
}

export interface LanguageSetting {
  readonly language: Language
  readonly setLanguage: (language: Language) => void
}

/** The language in use; also kept on the document, for screen readers and line breaking. */
export function useLanguage(): LanguageSetting {
  const { i18n } = useTranslation()
  const language = LANGUAGES.find((one) => one === i18n.language) ?? 'en'
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const setLanguage = useCallback(
    (next: Language) => {
      writeSetting(LANGUAGE_KEY, next)
      void i18n.changeLanguage(next)
    },
    [i18n],
  )
  return { language, setLanguage }
}
