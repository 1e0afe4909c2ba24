import type { Catalogue } from '../catalogue.ts'
import { explore } from './explore.ts'
import { operate } from './operate.ts'
import { shell } from './shell.ts'

export const ko: Catalogue = { ...shell, ...explore, ...operate }
