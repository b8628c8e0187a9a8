// Looks for what was planted in whatever leaves a function; errors are looked at as Lambda and a console would print them.
import { inspect } from 'node:util'

/** Values, names, emails and secrets of the tests say `canary`; keys are told by their digits. */
const PLANTED = /.{0,30}(?:canary|770\d077)/gi
const HAS_PLANTED = /canary|770\d077/i

const textOf = (said: unknown): string =>
  inspect(said, {
    depth: null,
    maxArrayLength: null,
    maxStringLength: null,
    showHidden: true,
    breakLength: Number.POSITIVE_INFINITY,
  })

/** Where something planted stands, with what stands around it; `secrets` are looked for to the letter. */
export const leaksIn = (said: unknown, secrets: readonly string[]): readonly string[] => {
  // The files of a stack are the tests' own, and one of them is called after the canaries.
  const text = textOf(said).replace(/^\s*at .*$/gm, '')
  const found = HAS_PLANTED.test(text) ? (text.match(PLANTED) ?? []) : []
  return [...new Set([...found, ...secrets.filter((secret) => secret.length > 3 && text.includes(secret))])]
}
