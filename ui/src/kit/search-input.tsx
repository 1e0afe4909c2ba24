import { CloseButton, TextInput } from '@mantine/core'
import type { TextInputProps } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconSearch } from './icons.ts'

export interface SearchInputProps extends Omit<TextInputProps, 'value' | 'onChange' | 'ref'> {
  readonly value: string
  /** Told when typing pauses, NFC-normalised; not while a syllable is being composed. */
  readonly onSearch: (text: string) => void
  readonly pauseMs?: number
}

/** A search field. `/` focuses the one that is marked as the page's (see keymap). */
export function SearchInput({ value, onSearch, pauseMs = 120, ...rest }: SearchInputProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(value)
  const told = useRef(value)
  const [composing, setComposing] = useState(false)
  useEffect(() => {
    if (value !== told.current) setDraft(value)
    told.current = value
  }, [value])
  useEffect(() => {
    const text = draft.normalize('NFC')
    if (composing || text === told.current) return undefined
    const timer = setTimeout(() => {
      told.current = text
      onSearch(text)
    }, pauseMs)
    return () => clearTimeout(timer)
  }, [draft, composing, onSearch, pauseMs])
  return (
    <TextInput
      type="search"
      data-page-search
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        draft === '' ? null : <CloseButton size="xs" aria-label={t('kit.clear')} onClick={() => setDraft('')} />
      }
      {...rest}
      value={draft}
      onCompositionStart={() => setComposing(true)}
      onCompositionEnd={(event) => {
        setComposing(false)
        setDraft(event.currentTarget.value)
      }}
      onChange={(event) => setDraft(event.currentTarget.value)}
    />
  )
}

/** True when every word of `text` occurs in `subject`, whatever the case. */
export function matches(subject: string, text: string): boolean {
  const lower = subject.toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word))
}
