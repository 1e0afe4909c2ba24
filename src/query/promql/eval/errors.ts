import { defineError } from '../../../core/errors.ts'

/** An expression that can't be evaluated over this data; `message` in Prometheus' words. */
export const executionFailed = defineError<{ message: string }>({
  code: 'promql.execution',
  status: 422,
  blame: 'caller',
  retry: false,
  message: ({ message }) => message,
  advice: 'Correct the query so that it fits the data.',
})

export const SAME_LABELSET = 'vector cannot contain metrics with the same labelset'
