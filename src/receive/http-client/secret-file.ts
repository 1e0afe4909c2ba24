import { readFile } from 'node:fs/promises'
import type { Secret } from '../../config/secret.ts'
import { messageOf } from '../../core/errors.ts'
import { unusableSecret } from './errors.ts'

/**
 * The text given in the configuration or, when a file is named, what the file holds now (white space around it cut).
 * Undefined when neither is given. Throws `http_client.unusable_secret`, naming the file.
 */
export async function readSecret(
  what: string,
  text: Secret | string | undefined,
  file: string | undefined,
): Promise<string | undefined> {
  if (file !== undefined && file !== '') return (await readText(what, file)).trim()
  return typeof text === 'object' ? text.reveal() : text
}

/** The content of a file, as it is. */
export async function readText(what: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw unusableSecret({ what, detail: messageOf(cause) }, { cause })
  }
}
