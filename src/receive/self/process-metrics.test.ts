import { expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { Telemetry } from '../../core/telemetry.ts'
import { ProcessMetrics } from './process-metrics.ts'

function values(telemetry: Telemetry): Map<string, number> {
  const lines = telemetry.expose().split('\n')
  return new Map(
    lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])]),
  )
}

test('a process tells its own figures under their usual names', () => {
  const telemetry = new Telemetry()
  expect(new ProcessMetrics({ clock: systemClock, telemetry }).name).toBe('process-metrics')
  const found = values(telemetry)
  expect(found.get('process_cpu_seconds_total')).toBeGreaterThan(0)
  expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(1e7)
  const began = found.get('process_start_time_seconds') ?? 0
  expect(Math.abs(began + process.uptime() - Date.now() / 1000)).toBeLessThan(2)
  expect(telemetry.expose()).toContain('# TYPE process_cpu_seconds_total counter')
  if (process.platform !== 'linux') return
  expect(found.get('process_open_fds')).toBeGreaterThan(2)
  expect(found.get('process_max_fds')).toBeGreaterThan(found.get('process_open_fds') ?? 0)
})

test('a stall of the event loop is seen', async () => {
  const telemetry = new Telemetry()
  const metrics = new ProcessMetrics({ clock: systemClock, telemetry })
  await metrics.start()
  const until = performance.now() + 150
  while (performance.now() < until) continue
  await new Promise((resolve) => setTimeout(resolve, 1))
  await metrics.stop()
  const found = values(telemetry)
  const all = found.get('bongsu_process_event_loop_delay_seconds_count') ?? 0
  const short = found.get('bongsu_process_event_loop_delay_seconds_bucket{le="0.1"}') ?? 0
  expect(all - short).toBeGreaterThanOrEqual(1)
})
