// `npm run dev`: the server under tsx watch with a temp data folder, and the page under Vite with hot reload, on one address.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './setup.mjs'
import { buildWasm } from './wasm.mjs'

buildWasm()
const data = mkdtempSync(join(tmpdir(), 'bongsu-dev-'))
const bin = (name) => join(root, 'node_modules/.bin', name)
const env = { ...process.env, UV_THREADPOOL_SIZE: '16', BONGSU_URL: 'http://127.0.0.1:9096' }
const server = spawn(
  bin('tsx'),
  ['watch', 'src/main.ts', 'serve', '--listen', '127.0.0.1:9096', '--data-dir', data, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env },
)
const page = spawn(
  bin('vite'),
  ['--config', 'ui/vite.config.ts', '--host', '127.0.0.1', '--port', '9095', '--strictPort'],
  { cwd: root, stdio: 'inherit', env },
)

let ending = false
function end() {
  if (ending) return
  ending = true
  server.kill('SIGTERM')
  page.kill('SIGTERM')
}
process.on('SIGINT', end).on('SIGTERM', end)
page.once('exit', end)
server.once('exit', () => {
  end()
  rmSync(data, { recursive: true, force: true })
})
