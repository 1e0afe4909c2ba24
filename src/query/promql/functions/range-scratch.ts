/** Memory for a number a sample, which kernels use again for each series: nobody holds it beyond a call. */
let numbers = new Float64Array(1_024)
let indices = new Int32Array(1_024)

/** At least `count` numbers, holding anything. */
export function scratchNumbers(count: number): Float64Array {
  if (numbers.length < count) numbers = new Float64Array(count * 2)
  return numbers
}

/** At least `count` indices, holding anything. */
export function scratchIndices(count: number): Int32Array {
  if (indices.length < count) indices = new Int32Array(count * 2)
  return indices
}
