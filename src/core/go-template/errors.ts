import { defineError } from '../errors.ts'

/** A text that is no template. */
export const templateSyntax = defineError<{ message: string }>({
  code: 'template.syntax',
  status: 400,
  blame: 'operator',
  retry: false,
  message: ({ message }) => message,
  advice: 'Correct the template at the line told.',
})

/** A template that has no result for these data. */
export const templateFailed = defineError<{ message: string }>({
  code: 'template.execution',
  status: 422,
  blame: 'operator',
  retry: false,
  message: ({ message }) => message,
  advice: 'Correct the template at the place told, or give it other data.',
})
