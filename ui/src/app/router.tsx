import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router'
import { BASE_PATH } from '../data/base.ts'
import { SkeletonRows } from '../kit/loading.tsx'
import { CrashPage, NotFoundPage } from './fallback.tsx'
import {
  cardinalitySearch,
  exploreSearch,
  parseSearch,
  rootSearch,
  statusSearch,
  stringifySearch,
  targetsSearch,
} from './search.ts'
import { Shell } from './shell.tsx'

/*
 * Paths are one segment deep, so that the relative addresses of scripts in index.html hold on each of them. The page of
 * metrics is `/explore`, since `/metrics` is where a scraper finds Bongsu's own.
 */
const root = createRootRoute({
  component: Shell,
  validateSearch: rootSearch,
  search: { middlewares: [retainSearchParams(['from', 'to', 'refresh', 'tz', 'tenant'])] },
})

const index = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    redirect({ to: '/explore', replace: true, throw: true })
  },
})

const explore = createRoute({
  getParentRoute: () => root,
  path: '/explore',
  validateSearch: exploreSearch,
  component: lazyRouteComponent(() => import('../pages/explore/explore-page.tsx'), 'ExplorePage'),
})

const targets = createRoute({
  getParentRoute: () => root,
  path: '/targets',
  validateSearch: targetsSearch,
  component: lazyRouteComponent(() => import('../pages/targets/targets-page.tsx'), 'TargetsPage'),
})

const cardinality = createRoute({
  getParentRoute: () => root,
  path: '/cardinality',
  validateSearch: cardinalitySearch,
  component: lazyRouteComponent(() => import('../pages/cardinality/cardinality-page.tsx'), 'CardinalityPage'),
})

const status = createRoute({
  getParentRoute: () => root,
  path: '/status',
  validateSearch: statusSearch,
  component: lazyRouteComponent(() => import('../pages/status/status-page.tsx'), 'StatusPage'),
})

export function createAppRouter() {
  return createRouter({
    routeTree: root.addChildren([index, explore, targets, cardinality, status]),
    basepath: BASE_PATH === '' ? '/' : BASE_PATH,
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingComponent: SkeletonRows,
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: NotFoundPage,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
