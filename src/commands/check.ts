import { configFiles } from './check/config.ts'
import { commandOfParts } from './command.ts'
import { terminal } from './terminal.ts'

export const check = commandOfParts('check', [configFiles], terminal)
