import { useEffect } from 'react'

export const BINDINGS = [
  { id: 'palette', keys: ['mod+k'] },
  { id: 'show', keys: ['?'] },
  { id: 'find', keys: ['/'] },
  { id: 'explore', keys: ['g', 'm'] },
  { id: 'targets', keys: ['g', 't'] },
  { id: 'cardinality', keys: ['g', 'c'] },
  { id: 'status', keys: ['g', 's'] },
  { id: 'refresh', keys: ['r'] },
  { id: 'back', keys: ['['] },
  { id: 'forward', keys: [']'] },
  { id: 'widen', keys: ['-'] },
  { id: 'theme', keys: ['shift+d'] },
] as const

export type ActionId = (typeof BINDINGS)[number]['id']

/** How long the second key of `g m` may take. */
const SEQUENCE_MS = 1200

/** A key press as it is written in BINDINGS; physical keys for letters, so that a Korean layout in Hangul mode works too. */
function pressOf(event: KeyboardEvent): string {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase()
  const key = letter ?? event.key
  if (event.metaKey || event.ctrlKey) return `mod+${key}`
  return event.shiftKey && letter !== undefined ? `shift+${key}` : key
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

/** Runs the actions of BINDINGS; silent while one types, composes a syllable, or has a dialog open. */
export function useKeymap(run: (action: ActionId) => void): void {
  useEffect(() => {
    let before: { press: string; at: number } | undefined
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.altKey) return
      const press = pressOf(event)
      const free = !isTyping(event.target) && document.querySelector('[role="dialog"]') === null
      if (!free && press !== 'mod+k') return
      const first = before !== undefined && event.timeStamp - before.at < SEQUENCE_MS ? before.press : undefined
      before = { press, at: event.timeStamp }
      const pressed = BINDINGS.find(({ keys }) =>
        keys.length === 2 ? keys[0] === first && keys[1] === press : keys[0] === press && first !== 'g',
      )
      if (pressed === undefined) return
      before = undefined
      event.preventDefault()
      run(pressed.id)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [run])
}

const APPLE = /Mac|iPhone|iPad/

/** `mod+k` as it stands on this machine's keys. */
export function printKey(key: string): string {
  const apple = APPLE.test(navigator.userAgent)
  return key
    .split('+')
    .map((part) => {
      if (part === 'mod') return apple ? '⌘' : 'Ctrl'
      if (part === 'shift') return apple ? '⇧' : 'Shift'
      return part.length === 1 ? part.toUpperCase() : part
    })
    .join(apple ? '' : '+')
}
