import { configFiles } from './check/config.ts'
import { metrics } from './check/metrics.ts'
import { queries } from './check/queries.ts'
import { rules } from './check/rules.ts'
import { commandOfParts } from './command.ts'
import { terminal } from './terminal.ts'

export const check = commandOfParts('check', [configFiles, rules, queries, metrics], terminal)
