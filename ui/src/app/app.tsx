import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useState } from 'react'
import { I18nextProvider } from 'react-i18next'
import { GridDecoder, GridDecoding } from '../data/grid-decoder.ts'
import { ApiError } from '../data/http.ts'
import { chooseLanguage } from '../i18n/catalogue.ts'
import { createI18n } from '../i18n/i18n.ts'
import { cssVariables, theme } from '../theme/theme.ts'
import { LANGUAGE_KEY, readSetting, THEME_KEY } from './preferences.ts'
import { createAppRouter } from './router.tsx'

/** Everything that lives as long as the page, made once. */
function createParts() {
  return {
    queries: createQueryClient(),
    i18n: createI18n(chooseLanguage(readSetting(LANGUAGE_KEY), navigator.languages)),
    router: createAppRouter(),
    decoder: new GridDecoder(),
    schemes: localStorageColorSchemeManager({ key: THEME_KEY }),
  }
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A refusal stays a refusal; a lost connection is worth one more try.
        retry: (failures, error) => failures < 1 && error instanceof ApiError && error.kind === 'network',
        retryDelay: 500,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        staleTime: 10_000,
      },
    },
  })
}

export function App() {
  const [{ queries, i18n, router, decoder, schemes }] = useState(createParts)
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        colorSchemeManager={schemes}
        defaultColorScheme="auto"
      >
        <QueryClientProvider client={queries}>
          <GridDecoding value={decoder}>
            <RouterProvider router={router} />
          </GridDecoding>
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  )
}
