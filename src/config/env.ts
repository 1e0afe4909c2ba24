/** The only reader of the environment: everything else is given what it needs. */
export type Environment = Readonly<Record<string, string | undefined>>

export function environment(): Environment {
  return process.env
}

/**
 * `${NAME}` and `$NAME` replaced by environment variables; `$$` is a dollar. `missing` hears of variables that are not set or
 * empty, which leave nothing. Follows os.Expand of Go as Prometheus calls it for external labels.
 */
export function expandEnvironment(text: string, env: Environment, missing: (name: string) => void): string {
  return text.replace(
    /\$(?:\{([^}]*)\}|(\$)|([a-zA-Z0-9_]+|[*#@!?-]))/g,
    (_, braced?: string, dollar?: string, bare?: string) => {
      const name = braced ?? bare ?? ''
      if (dollar !== undefined || name === '$') return '$'
      if (name === '') return ''
      const value = env[name] ?? ''
      if (value === '') missing(name)
      return value
    },
  )
}
