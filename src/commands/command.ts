/** A command of the `bongsu` program. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string
  /** Runs to its end; the value is the exit code. */
  run(args: readonly string[]): Promise<number>
}
