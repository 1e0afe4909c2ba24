/** Something to tell about a configuration: an error keeps it from being used, a warning doesn't. */
export interface Problem {
  readonly severity: 'error' | 'warning'
  /** The file as the user named it, or what else said it: an environment variable, a command-line option. */
  readonly file: string
  /** 1-based; undefined where there is no text to point into. */
  readonly line?: number
  readonly column?: number
  /** The key, as `scrape_configs[0].scrape_timeout`; '' for the whole file. */
  readonly path: string
  /** What is wrong, and what would be right. */
  readonly message: string
}

export type Path = readonly (string | number)[]

/** `bongsu.yml:4:21  scrape_configs[0].scrape_timeout  must not exceed ...` */
export function printProblem({ file, line, column, path, message }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return [place, path, message].filter((part) => part !== '').join('  ')
}

export function printPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    if (!/^[\w-]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** In order of place, so that a user can go through a file from top to bottom; those of the file `first` come first. */
export function sortProblems(problems: readonly Problem[], first?: string): readonly Problem[] {
  const files = [...new Set([...(first === undefined ? [] : [first]), ...problems.map(({ file }) => file)])]
  return [...problems].sort(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  )
}
