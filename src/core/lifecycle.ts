/** A part of the process with a beginning and an end. `app.ts` starts parts in order and stops them in reverse. */
export interface Component {
  readonly name: string
  /** Resolves when ready. `signal` aborts the start itself, nothing else. */
  start(signal: AbortSignal): Promise<void>
  /** Refuses new work, flushes, releases; honours `deadline`. Idempotent, and safe without a start. */
  stop(deadline: AbortSignal): Promise<void>
}

/** Starts `parts` in order. When one fails, those already started are stopped in reverse before the error goes on. */
export async function startAll(
  parts: readonly Component[],
  signal: AbortSignal,
): Promise<{ stop: (deadline: AbortSignal) => Promise<void> }> {
  const started: Component[] = []
  const stop = async (deadline: AbortSignal): Promise<void> => {
    const failures: unknown[] = []
    for (const part of started.splice(0).reverse()) {
      try {
        await part.stop(deadline)
      } catch (error) {
        failures.push(new Error(`could not stop ${part.name}`, { cause: error }))
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not every part stopped cleanly')
  }
  for (const part of parts) {
    try {
      signal.throwIfAborted()
      started.push(part)
      await part.start(signal)
    } catch (error) {
      await stop(AbortSignal.timeout(10_000)).catch(() => undefined) // the start's own error is the one to show
      throw error
    }
  }
  return { stop }
}
