/** The small card of hover help and of completions; plain DOM, since it lives in the editor's own tooltips. */

export interface HelpCard {
  readonly title: string
  /** Words beside the title: type, unit. */
  readonly badges: readonly string[]
  readonly text: string
}

export function helpCard({ title, badges, text }: HelpCard): HTMLElement {
  const card = document.createElement('div')
  card.className = 'pq-help'
  const head = document.createElement('div')
  head.className = 'pq-help-title'
  head.append(title)
  for (const badge of badges.filter((one) => one !== '' && one !== 'unknown')) {
    const chip = document.createElement('span')
    chip.className = 'pq-help-badge'
    chip.textContent = badge
    head.append(' ', chip)
  }
  card.append(head)
  if (text !== '') {
    const body = document.createElement('div')
    body.className = 'pq-help-text'
    body.textContent = text
    card.append(body)
  }
  return card
}
