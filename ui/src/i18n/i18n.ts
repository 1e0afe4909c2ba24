import { createInstance } from 'i18next'
import type { i18n as I18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Language } from './catalogue.ts'
import { en } from './en/en.ts'
import { ko } from './ko/ko.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: typeof en }
  }
}

/** Both catalogues are part of the page: switching needs no request. */
export function createI18n(language: Language): I18n {
  const i18n = createInstance()
  i18n.use(initReactI18next)
  void i18n.init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: en }, ko: { translation: ko } },
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  })
  return i18n
}
