/** All functions that are not over range vectors. `info` selects series itself: info.ts. */
import { boundFunctions } from './bounds.ts'
import type { FunctionTable } from './contract.ts'
import { histogramPartFunctions } from './histogram-parts.ts'
import { histogramQuantileFunctions } from './histogram-quantile.ts'
import { labelFunctions } from './labels.ts'
import { mathFunctions } from './math.ts'
import { presenceFunctions } from './presence.ts'
import { sortFunctions } from './sort.ts'
import { timeFunctions } from './time.ts'

export const vectorFunctions: FunctionTable = {
  ...mathFunctions,
  ...boundFunctions,
  ...timeFunctions,
  ...labelFunctions,
  ...sortFunctions,
  ...presenceFunctions,
  ...histogramPartFunctions,
  ...histogramQuantileFunctions,
}
