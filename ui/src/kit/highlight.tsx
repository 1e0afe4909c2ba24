/** The text with the first occurrence of each searched word marked. */
export function Highlight({ text, find }: { readonly text: string; readonly find: string }) {
  const words = find.split(/\s+/).filter(Boolean)
  if (words.length === 0) return <span>{text}</span>
  const pattern = new RegExp(`(${words.map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')})`, 'gi')
  let at = 0
  return (
    <span>
      {text.split(pattern).map((part, i) => {
        const key = `${at}`
        at += part.length
        return i % 2 === 1 ? <mark key={key}>{part}</mark> : part
      })}
    </span>
  )
}
