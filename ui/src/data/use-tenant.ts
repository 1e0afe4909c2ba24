import { useSearch } from '@tanstack/react-router'

/** The tenant that every request of the page asks for; '' = the server's default. */
export function useTenant(): string {
  return useSearch({ from: '__root__', select: ({ tenant }) => tenant ?? '' })
}
