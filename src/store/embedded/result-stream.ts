import type { Clock } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import { durationMs } from '../../core/time.ts'
import type { Block } from '../engine.ts'
import { storeUnavailable } from '../errors.ts'
import { BlockDecoder, decodeBlocks } from '../native-decode.ts'
import type { QueryScope } from '../query-scope.ts'
import { chdbError } from './chdb-error.ts'
import { openPipe } from './result-pipe.ts'
import type { PipeEnd } from './result-pipe.ts'
import { letGo } from './sessions.ts'
import type { Reader, Sessions } from './sessions.ts'

/**
 * Runs a query on `reader` and gives its blocks; takes care that the reader comes back to its pool. `text` is the statement for
 * the pipe. When the scope aborts, the query is told to end at once, also for a consumer that does not pull: it would hold the
 * session, and a thread, for as long as it likes.
 */
export async function* streamResult(
  reader: Reader,
  text: (pipe: string) => string,
  scope: QueryScope,
  deps: { readonly sessions: Sessions; readonly clock: Clock },
): AsyncGenerator<Block, void, undefined> {
  const { sessions } = deps
  const running = start(reader, text, sessions)
  let left = false
  const leave = (): void => {
    if (!left) void sessions.track(giveBack(running, drain(running.pipe), deps))
    left = true
  }
  scope.signal.addEventListener('abort', leave, { once: true })
  const decoder = new BlockDecoder()
  try {
    for (;;) {
      const { done, value } = await scope.race(running.pipe.chunks.next())
      if (done === true) break
      for (const block of decoder.push(value)) {
        yield block
        scope.signal.throwIfAborted()
      }
    }
    await running.work // an error in the middle of a result shows only here
    decoder.end()
  } catch (error) {
    throw scope.signal.aborted ? (scope.signal.reason as Error) : chdbError(error)
  } finally {
    leave()
  }
}

/**
 * The same for a result that is known to be small: it comes as a whole, in memory, which is half a millisecond sooner and half
 * the work a byte. The reader is free again before the first block is given.
 */
export async function* wholeResult(
  reader: Reader,
  text: string,
  scope: QueryScope,
  deps: { readonly sessions: Sessions; readonly clock: Clock },
): AsyncGenerator<Block, void, undefined> {
  const { sessions } = deps
  const tag = sessions.tag()
  const work = sessions.track(reader.session.queryAsync(`${tag} ${text}`, { format: 'Native' }))
  let bytes: Uint8Array
  try {
    bytes = (await scope.race(work)).bytes()
  } catch (error) {
    void sessions.track(giveBack({ reader, tag, work }, undefined, deps))
    throw scope.signal.aborted ? (scope.signal.reason as Error) : chdbError(error)
  }
  sessions.readers.give(reader)
  yield* decodeBlocks(bytes)
}

interface Running {
  readonly reader: Reader
  readonly tag: string
  /** chDB's own: settles when it is done with the query. */
  readonly work: Promise<unknown>
}

function start(
  reader: Reader,
  text: (pipe: string) => string,
  sessions: Sessions,
): Running & { readonly pipe: PipeEnd } {
  const tag = sessions.tag()
  let pipe: PipeEnd
  try {
    pipe = openPipe(reader.pipe)
  } catch (error) {
    sessions.readers.give(reader)
    throw storeUnavailable({ detail: messageOf(error) }, { cause: error })
  }
  const work = sessions.track(reader.session.queryAsync(`${tag} ${text(reader.pipe)}`))
  const close = (): void => pipe.close()
  work.then(close, close)
  return { reader, tag, pipe, work }
}

/** The reader is free again once chDB has really left it, which is later than the caller does after a cancel. */
async function giveBack(
  { reader, tag, work }: Running,
  drained: Promise<void> | undefined,
  { sessions, clock }: { readonly sessions: Sessions; readonly clock: Clock },
): Promise<void> {
  const over = new AbortController()
  void Promise.allSettled([work, drained]).then(() => over.abort())
  // A query that is over says so within a turn. One that is not is told to end, and told again: the word is in vain while the
  // query still waits for a thread.
  for (let wait = 0; !over.signal.aborted; wait = Math.min(2 * wait + 10, 1000)) {
    await clock.sleep(durationMs(wait), over.signal).catch(() => undefined)
    if (!over.signal.aborted) sessions.kill(tag)
  }
  await work.catch(() => letGo(reader.session))
  sessions.readers.give(reader)
}

// chDB can't be called back while it waits for room in the pipe.
async function drain({ chunks }: PipeEnd): Promise<void> {
  while ((await chunks.next()).done !== true);
}
