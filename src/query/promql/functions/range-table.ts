/** All functions over range vectors, by name. */
import { changeFunctions } from './range-changes.ts'
import type { RangeFunctionTable } from './range-contract.ts'
import { countFunctions } from './range-counts.ts'
import { endFunctions } from './range-ends.ts'
import { extremaFunctions } from './range-extrema.ts'
import { instantFunctions } from './range-instant.ts'
import { quantileFunctions } from './range-quantiles.ts'
import { rateFunctions } from './range-rate.ts'
import { regressionFunctions } from './range-regression.ts'
import { smoothingFunctions } from './range-smoothing.ts'
import { sumFunctions } from './range-sums.ts'
import { varianceFunctions } from './range-variance.ts'

export const rangeFunctions: RangeFunctionTable = {
  ...rateFunctions,
  ...instantFunctions,
  ...changeFunctions,
  ...regressionFunctions,
  ...smoothingFunctions,
  ...sumFunctions,
  ...extremaFunctions,
  ...varianceFunctions,
  ...quantileFunctions,
  ...countFunctions,
  ...endFunctions,
}
