import type { EntryCursor } from '../../codec/exposition/cursor.ts'
import type { SeriesCache } from '../../codec/exposition/series-cache.ts'
import { TextCursor } from '../../codec/exposition/text-cursor.ts'
import type { ScrapeProtocol } from './config.ts'
import { badContentType } from './errors.ts'
import type { Page } from './page-fetcher.ts'
import type { HistogramSettings } from './scrape-settings.ts'

/** A cursor over a page, by its content type. Throws `scrape.bad_content_type`. */
export function openPage(
  page: Page,
  fallback: ScrapeProtocol | undefined,
  _histograms: HistogramSettings,
  cache: SeriesCache,
): EntryCursor {
  const type = page.contentType.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/openmetrics-text') return new TextCursor(page.bytes, { format: 'openmetrics', cache })
  if (type === 'text/plain' || fallback !== undefined) return new TextCursor(page.bytes, { format: 'text', cache })
  throw badContentType({ got: page.contentType })
}

export function acceptHeader(_protocols: readonly ScrapeProtocol[], _escaping: string): string {
  return 'text/plain;version=0.0.4;q=0.3,*/*;q=0.2'
}
