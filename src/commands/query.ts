import { commandOfParts } from './command.ts'
import { instant, labels, range, series } from './query/ask.ts'
import { format, parse } from './query/offline.ts'
import { terminal } from './terminal.ts'

export const query = commandOfParts('query', [instant, range, series, labels, format, parse], terminal)
