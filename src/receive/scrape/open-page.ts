import type { EntryCursor } from '../../codec/exposition/cursor.ts'
import { NhcbCursor } from '../../codec/exposition/nhcb-cursor.ts'
import { ProtobufCursor } from '../../codec/exposition/protobuf-cursor.ts'
import { chooseFormat } from '../../codec/exposition/protocols.ts'
import { TextCursor } from '../../codec/exposition/text-cursor.ts'
import type { Page } from './page-fetcher.ts'
import type { PageSettings } from './page-settings.ts'
import type { ScrapeCache } from './scrape-cache.ts'

/** A cursor over a page, by its content type. Throws `exposition.unsupported_content_type`. */
export function openPage(page: Page, settings: PageSettings, known: ScrapeCache): EntryCursor {
  const { keys: cache, histograms: memory } = known
  const { format } = chooseFormat(page.contentType, settings.fallback)
  const { native, alwaysClassic: keepClassic, toCustomBuckets, createdTimestamps } = settings
  if (format === 'protobuf') {
    return new ProtobufCursor(page.bytes, {
      cache,
      ignoreNative: !native,
      keepClassic,
      convertClassic: toCustomBuckets,
    })
  }
  const cursor = new TextCursor(page.bytes, { format, cache, createdTimestamps })
  return toCustomBuckets ? new NhcbCursor(cursor, { keepClassic, memory }) : cursor
}
