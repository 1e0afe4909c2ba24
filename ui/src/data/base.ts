/**
 * Where the page is served, with a trailing slash. Taken from the address of this very script (`<base>/assets/x.js`), so
 * that Bongsu may live under any path of a reverse proxy without a setting.
 */
export const BASE_URL: URL = import.meta.env.DEV
  ? new URL('/', globalThis.location.href)
  : new URL(/* @vite-ignore */ '../', import.meta.url)

/** The path of `BASE_URL` without its trailing slash, as the router wants it: '' or '/bongsu'. */
export const BASE_PATH: string = BASE_URL.pathname.replace(/\/$/, '')

/** The absolute URL of a path below the base, `api/v1/query`. */
export function urlOf(path: string): URL {
  return new URL(path, BASE_URL)
}
