import { IconChartLine, IconServer2, IconSitemap, IconTarget } from '../kit/icons.ts'

/** The pages of the navigation, in order. `key` follows `g` on the keyboard. */
export const PAGES = [
  { id: 'explore', to: '/explore', icon: IconChartLine, key: 'm' },
  { id: 'targets', to: '/targets', icon: IconTarget, key: 't' },
  { id: 'cardinality', to: '/cardinality', icon: IconSitemap, key: 'c' },
  { id: 'status', to: '/status', icon: IconServer2, key: 's' },
] as const
