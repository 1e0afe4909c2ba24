/** One condition on a label. Regular expressions are RE2's, fully anchored; `.` also matches a newline. */
export interface Matcher {
  readonly name: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** Matchers that must all hold. A label that is absent has the value ''. */
export type Selector = readonly Matcher[]
