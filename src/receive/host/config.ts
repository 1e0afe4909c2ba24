import { z } from 'zod'
import { defineSection } from '../../config/section.ts'
import { duration } from '../../config/values.ts'

/** Host metrics without an exporter. */
export const hostMetricsSection = defineSection({
  key: 'host_metrics',
  summary: 'Metrics of the host that Bongsu runs on, under the names and labels of node_exporter.',
  reload: 'restart',
  schema: z
    .strictObject({
      enabled: z.boolean().prefault(true).describe('Read the host (Linux only).'),
      interval: duration.prefault('15s').describe('How often.'),
      job: z.string().min(1).prefault('node').describe('Value of the `job` label.'),
      instance: z.string().optional().describe("Value of the `instance` label; the host's name when left out."),
      proc: z.string().prefault('/proc').describe("Where the host's /proc is, for Bongsu in a container."),
      sys: z.string().prefault('/sys').describe("Where the host's /sys is."),
      root: z.string().prefault('/').describe("Where the host's root folder is, for the file systems."),
    })
    .prefault({}),
})
