#!/usr/bin/env -S node --v8-pool-size=1
// One thread helps the garbage collector: the heap is small, as samples lie outside of it, and more of them mostly wake each other.
// chDB runs queries on libuv's pool, whose size is read once, before its first use.
process.env.UV_THREADPOOL_SIZE ??= '16'
await import('../dist/server/main.js')
