import { join } from 'node:path'
import { createApp } from '../app.ts'
import { loadAppConfig } from '../app-config/load-app-config.ts'
import type { AppConfigSource } from '../app-config/load-app-config.ts'
import { environment } from '../config/env.ts'
import { printProblem } from '../config/problem.ts'
import type { Problem } from '../config/problem.ts'
import { configRefused, reloadOnHangup } from '../config/reload.ts'
import { systemClock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { startAll } from '../core/lifecycle.ts'
import { createLog } from '../core/log.ts'
import type { Log } from '../core/log.ts'
import { Telemetry } from '../core/telemetry.ts'
import type { Command } from './command.ts'
import { packageFacts } from './package-facts.ts'
import { SERVE_FLAGS, serveOptions } from './serve-options.ts'

/** After this time a stop no longer waits: what is acknowledged is in the log on disk anyway. */
const STOP_MS = 20_000

export const serve: Command = {
  manuals: [{ name: '', summary: 'runs the server until it is told to stop', usage: '[OPTIONS]', flags: SERVE_FLAGS }],
  run: async (args) => {
    const { help, source, warnings } = serveOptions(args, environment())
    if (help !== undefined) {
      process.stdout.write(help)
      return 0
    }
    return runServer(source, warnings)
  },
}

async function runServer(source: AppConfigSource, warnings: readonly Problem[]): Promise<number> {
  const { config, problems } = await loadAppConfig(source)
  if (config === undefined) throw configRefused({ problems: problems.filter(({ severity }) => severity === 'error') })
  const write = (line: string): void => void process.stderr.write(`${line}\n`)
  const log = createLog(config.log, { clock: systemClock, write })
  for (const warning of [...warnings, ...problems]) log.warn(printProblem(warning))

  const { root, version } = packageFacts()
  const app = createApp(config, {
    clock: systemClock,
    log,
    telemetry: new Telemetry(),
    env: source.env,
    version,
    revision: '',
    pageFolder: join(root, 'dist/ui'),
    load: () => loadAppConfig(source),
  })
  const stopping = endOfProcess(log)
  const running = await startAll([...app.components, reloadOnHangup(process, app.reload)], stopping.signal)
  log.info('listening', { url: app.url(), version, data: config.store.path })
  await stopping.asked
  log.info('stopping')
  await running.stop(AbortSignal.timeout(STOP_MS))
  log.info('stopped')
  return 0
}

/** SIGINT or SIGTERM; a second one ends the process at once. `signal` aborts a start under way. */
function endOfProcess(log: Log): { readonly asked: Promise<void>; readonly signal: AbortSignal } {
  const end = new AbortController()
  const asked = new Promise<void>((resolve) => {
    const onSignal = (name: string): void => {
      if (end.signal.aborted) process.exit(130)
      log.info('asked to stop', { by: name })
      end.abort(new Error(`asked to stop by ${name}`))
      resolve()
    }
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  })
  process.on('unhandledRejection', (error) => log.error('a promise was left alone', { error: messageOf(error) }))
  return { asked, signal: end.signal }
}
