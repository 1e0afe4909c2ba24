import { commandOfParts } from './command.ts'
import { terminal } from './terminal.ts'
import { rules } from './test/rules.ts'

export const test = commandOfParts('test', [rules], terminal)
