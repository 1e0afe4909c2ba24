#!/usr/bin/env node
// chDB runs queries on libuv's pool, whose size is read once, before its first use.
process.env.UV_THREADPOOL_SIZE ??= '16'
await import('../dist/server/main.js')
