import { ActionIcon, Popover, SegmentedControl, Stack, TextInput, Tooltip, useMantineColorScheme } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LANGUAGES } from '../i18n/catalogue.ts'
import { IconSettings } from '../kit/icons.ts'
import { useLanguage } from './preferences.ts'
import styles from './time/picker.module.css'

/** Languages call themselves by their own name, whatever the page's language. */
const NAMES = { en: 'English', ko: '한국어' } as const

export function SettingsMenu() {
  const { t } = useTranslation()
  const { language, setLanguage } = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const id = useId()
  return (
    <Popover position="bottom-end" trapFocus width={280}>
      <Tooltip label={t('settings.label')}>
        <Popover.Target>
          <ActionIcon size={30} aria-label={t('settings.label')}>
            <IconSettings size={18} stroke={1.7} />
          </ActionIcon>
        </Popover.Target>
      </Tooltip>
      <Popover.Dropdown aria-label={t('settings.label')}>
        <Stack gap={12}>
          <div>
            <div className={styles['caption']} id={`${id}-theme`}>
              {t('settings.theme')}
            </div>
            <SegmentedControl
              fullWidth
              aria-labelledby={`${id}-theme`}
              value={colorScheme}
              onChange={(value) => setColorScheme(value === 'light' || value === 'dark' ? value : 'auto')}
              data={[
                { value: 'light', label: t('settings.light') },
                { value: 'dark', label: t('settings.dark') },
                { value: 'auto', label: t('settings.system') },
              ]}
            />
          </div>
          <div>
            <div className={styles['caption']} id={`${id}-language`}>
              {t('settings.language')}
            </div>
            <SegmentedControl
              fullWidth
              aria-labelledby={`${id}-language`}
              value={language}
              onChange={(value) => setLanguage(LANGUAGES.find((one) => one === value) ?? 'en')}
              data={LANGUAGES.map((value) => ({ value, label: <span lang={value}>{NAMES[value]}</span> }))}
            />
          </div>
          <TenantInput />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

/** The tenant takes effect when the field is left or Enter is pressed. */
function TenantInput() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tenant = '' } = useSearch({ from: '__root__' })
  const [draft, setDraft] = useState(tenant)
  useEffect(() => setDraft(tenant), [tenant])
  const apply = (): void => {
    const next = draft.trim()
    if (next !== tenant) void navigate({ to: '.', search: (previous) => ({ ...previous, tenant: next || undefined }) })
  }
  return (
    <TextInput
      label={t('settings.tenant')}
      description={t('settings.tenantHint')}
      value={draft}
      spellCheck={false}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) apply()
      }}
    />
  )
}
