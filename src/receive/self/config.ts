import { z } from 'zod'
import { defineSection } from '../../config/section.ts'
import { duration } from '../../config/values.ts'

/** Bongsu's own metrics as a scrape job. */
export const selfScrapeSection = defineSection({
  key: 'self_scrape',
  summary: "Bongsu scrapes its own /metrics, as a job beside the file's.",
  reload: 'restart',
  schema: z
    .strictObject({
      enabled: z.boolean().prefault(true).describe('Scrape itself. Off when the file has a job of the same name.'),
      job_name: z.string().min(1).prefault('bongsu').describe('Name of the job.'),
      interval: duration.prefault('15s').describe('How often.'),
    })
    .prefault({}),
})
