import { z } from 'zod'
import { defineSection } from '../config/section.ts'

export const logSection = defineSection({
  key: 'log',
  summary: "Bongsu's own log, written to stderr.",
  reload: 'restart',
  schema: z.strictObject({
    level: z.enum(['debug', 'info', 'warn', 'error']).prefault('info').describe('the least that is written'),
    format: z.enum(['logfmt', 'json']).prefault('logfmt').describe('logfmt or json'),
  }),
})
