import { readText, single } from './family.ts'
import type { Collector } from './family.ts'

/** node_load1, 5 and 15. */
export const load: Collector = async ({ proc }) => {
  const values = (await readText(proc, 'loadavg')).split(' ').map(Number)
  return [1, 5, 15].map((minutes, i) =>
    single(`node_load${minutes}`, 'gauge', `Average load over ${minutes} min.`, values[i] ?? NaN),
  )
}
