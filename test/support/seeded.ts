// How often a property is tried and from which seed: fixed in `npm test`, more often and from any seed in
// `npm run test:long`.

/** How many times as often as in `npm test`. */
const TIMES = Number(process.env['TIMES'] ?? 1)
const SEED = Number(process.env['SEED'] ?? 20261122)

/** The tries of one property in `npm test`, and the milliseconds they may take there. */
export type Standard = { readonly tries: number; readonly milliseconds?: number }

/** The settings of fast-check and the time-out of the test. Another `shard` tries other cases of the same property. */
export const seeded = (name: string, { tries, milliseconds = 30_000 }: Standard, shard = 0) => {
  const numRuns = tries * TIMES
  const seed = SEED + shard
  if (TIMES > 1) process.stdout.write(`${numRuns} ${name}, seed ${seed}\n`)
  return {
    settings: { numRuns, seed, endOnFailure: false },
    timeout: Math.max(30_000, milliseconds * TIMES),
  }
}
