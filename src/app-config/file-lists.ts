/** `rule_files` and `scrape_config_files`. */
import { z } from 'zod'
import { defineSection } from '../config/section.ts'
import { filePath } from '../config/values.ts'

const PATTERN = /^[^*]*(\*[^/]*)?$/
const patterns = z
  .array(filePath.refine((path) => PATTERN.test(path), { error: 'a * may stand in the last part of a path only' }))
  .prefault([])

export const ruleFilesSection = defineSection({
  key: 'rule_files',
  summary: 'Files with recording and alerting rules; the last part may hold a *.',
  reload: 'live',
  schema: patterns.meta({ notActedOn: { why: 'not acted on yet: rules are not evaluated' } }),
})

export const scrapeConfigFilesSection = defineSection({
  key: 'scrape_config_files',
  summary: 'Files with further `scrape_configs`; the last part may hold a *.',
  reload: 'live',
  schema: patterns,
})
