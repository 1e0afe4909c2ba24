/** Colours of a heatmap: few to many, on a logarithmic scale. Even in lightness, and told apart by colour-blind eyes too. */

const RAMPS = {
  light: ['#eef6d9', '#c7e9b4', '#7fcdbb', '#41b6c4', '#1d91c0', '#225ea8', '#0c2c84'],
  dark: ['#33245c', '#3b4286', '#2f6f8e', '#21918c', '#35b779', '#9bd93c', '#fde725'],
} as const

export type Scheme = keyof typeof RAMPS

const channels = (hex: string): readonly number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))

/** The colour of a share from 0 to 1. */
export function rampColour(scheme: Scheme, share: number): string {
  const ramp = RAMPS[scheme]
  const at = Math.min(1, Math.max(0, share)) * (ramp.length - 1)
  const below = channels(ramp[Math.floor(at)] ?? ramp[0])
  const above = channels(ramp[Math.ceil(at)] ?? ramp[0])
  const rest = at - Math.floor(at)
  return `rgb(${below.map((one, i) => Math.round(one + ((above[i] ?? one) - one) * rest)).join(' ')})`
}

export const rampGradient = (scheme: Scheme): string => `linear-gradient(to right, ${RAMPS[scheme].join(', ')})`

/** Where a count stands between the least and the most, by its logarithm. */
export function shareOf(count: number, [least, most]: readonly [number, number]): number {
  return most <= least ? 1 : Math.log(count / least) / Math.log(most / least)
}
