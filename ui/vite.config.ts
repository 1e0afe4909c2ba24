import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Where `vite` finds a running Bongsu while developing; the built page is served by Bongsu itself.
const server = process.env['BONGSU_URL'] ?? 'http://127.0.0.1:9095'

// A classic script, which runs before the first paint; written into the page here because Vite bundles modules only.
const bootScript = {
  name: 'boot-script',
  transformIndexHtml: () => [{ tag: 'script', attrs: { src: './boot.js' }, injectTo: 'head-prepend' as const }],
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), bootScript],
  server: { proxy: { '/api': server, '/-': server } },
  build: {
    outDir: '../dist/ui',
    emptyOutDir: true,
    target: 'es2023',
    manifest: true,
    // Fonts stay files: a data URI would need `font-src data:` in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'editor', test: /node_modules[\\/](@codemirror|@lezer)[\\/]/ },
            // The regular expressions of the server, for its very words about wrong ones; only the parser needs them.
            { name: 're2', test: /node_modules[\\/]re2js[\\/]/ },
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
          ],
        },
      },
    },
  },
})
