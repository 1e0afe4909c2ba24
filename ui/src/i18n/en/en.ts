import { explore } from './explore.ts'
import { operate } from './operate.ts'
import { shell } from './shell.ts'

export const en = { ...shell, ...explore, ...operate } as const
