import { expect, test } from 'vitest'
import { TestClock } from '../../test/support/test-clock.ts'
import { silentLog } from '../core/log.ts'
import { deferred } from '../core/deferred.ts'
import { Telemetry } from '../core/telemetry.ts'
import { durationMs } from '../core/time.ts'
import { prometheusDialect } from './prometheus/routes.ts'
import { queryContexts } from './query-context.ts'
import { HttpServer } from './server.ts'

/** A server whose one query goes on until its signal ends it. */
async function startEndless() {
  const clock = new TestClock()
  const contexts = queryContexts(
    { limits: { maxSamples: 1, maxBytes: 1e9, maxSeries: 1 }, timeout: durationMs(5000) },
    { clock },
  )
  const begun = deferred()
  const ended = deferred<unknown>()
  const server = new HttpServer(
    { name: 'http', host: '127.0.0.1', port: 0, prefix: '', maxBodyBytes: 1000 },
    {
      log: silentLog,
      telemetry: new Telemetry(),
      routes: [
        (app) => {
          prometheusDialect(app, { log: silentLog })
          app.get('/endless', async (_request, reply) => {
            const { signal } = contexts(reply)
            begun.resolve()
            await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
            ended.resolve(signal.reason)
            throw signal.reason as Error
          })
        },
      ],
    },
  )
  await server.start()
  return { clock, server, begun, ended }
}

test('a query ends when its client goes away, and its timer with it', async () => {
  const { clock, server, begun, ended } = await startEndless()
  const client = new AbortController()
  const asked = fetch(`${server.url()}/endless`, { signal: client.signal })
  await begun.promise
  expect(clock.sleepers).toBe(1)
  client.abort()
  await expect(asked).rejects.toThrow('aborted')
  expect(await ended.promise).toMatchObject({ name: 'AbortError', message: 'the client went away' })
  expect(clock.sleepers).toBe(0)
  await server.stop()
})

test('a query ends after the timeout', async () => {
  const { clock, server, begun, ended } = await startEndless()
  const asked = fetch(`${server.url()}/endless`)
  await begun.promise
  await clock.advance(4999)
  await clock.advance(1)
  expect(await ended.promise).toMatchObject({ code: 'query.timeout' })
  const response = await asked
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ status: 'error', errorType: 'timeout' })
  await server.stop()
})
