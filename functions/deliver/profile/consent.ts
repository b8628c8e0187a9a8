// Whether a flag may be opened again: by what Campaign shows, and what the ledger knows of our own writes. Pure.
import type { Clock } from '../../change/clock.ts'
import { momentOf, saysOptedOut } from '../../change/clock.ts'
import { flagsIn, optOutOf, optsIn, type Sent } from '../../change/consent-sent.ts'
import type { Version, Versions } from '../../change/merge.ts'
import { readInstant } from '../../change/read/instant.ts'
import { type ProfileRecord, textIn, valueIn } from '../campaign/record.ts'
import type { Lease } from '../ledger/ledger.ts'

/** What the ledger knows of a profile. */
export type Known = Pick<Lease, 'clocks' | 'consentSent'>

export type Weighed = {
  /** What may be written. */
  readonly allowed: Versions
  /** Opt-ins older than the word that closed the flag. */
  readonly superseded: ReadonlySet<string>
  /** Opt-ins of which nobody can say whether they are. */
  readonly unclear: ReadonlySet<string>
}

/** Takes away the opt-ins that must not be written to this record. */
export const weigh = (versions: Versions, record: ProfileRecord, known: Known): Weighed => {
  const verdicts = Object.entries(versions).map(([attribute, version]) => {
    const isOptIn = optsIn(attribute, version.value)
    return [attribute, isOptIn ? verdictOn(attribute, version, record, known) : 'allowed'] as const
  })
  const those = (wanted: Verdict) =>
    new Set(verdicts.flatMap(([attribute, verdict]) => (verdict === wanted ? [attribute] : [])))
  const allowed = those('allowed')
  return {
    allowed: Object.fromEntries(Object.entries(versions).filter(([attribute]) => allowed.has(attribute))),
    superseded: those('superseded'),
    unclear: those('unclear'),
  }
}

/**
 * Whether the record has to be seen before flags are written. An opt-out is sent unseen where that leaves no doubt later;
 * sent over an opt-out of ours that may stand, Campaign may or may not stamp the flag anew, and neither time would be
 * known for ours.
 */
export const needSight = (versions: Versions, { clocks, consentSent = {} }: Known): boolean =>
  Object.keys(flagsIn(versions)).some((flag) => {
    const sent = consentSent[flag]
    // What was answered has its clock in the ledger, by the same write.
    const isAnswered = sent !== undefined && (clocks[flag] ?? '') >= sent.clock
    return sent !== undefined && (saysOptedOut(sent.clock) || !isAnswered)
  })

type Verdict = 'allowed' | 'superseded' | 'unclear'

const verdictOn = (
  flag: string,
  { clock }: Version,
  record: ProfileRecord,
  { clocks, consentSent = {} }: Known,
): Verdict => {
  // Opted in already: there is nothing to send. What is not shown counts as closed.
  if (valueIn(record, flag) === false) return 'allowed'
  const optOut = optOutOf(consentSent[flag])
  const ours = later(clocks[flag], optOut?.clock)
  const changedAt = changedAtIn(record, flag)
  if (changedAt === undefined) {
    // That we opted in once does not say who has closed it since, nor when.
    if (ours === undefined || !saysOptedOut(ours)) return 'unclear'
    return clock > ours ? 'allowed' : 'superseded'
  }
  if (ours !== undefined && isWithin(changedAt, optOut)) return clock > ours ? 'allowed' : 'superseded'
  return momentOf(clock) > changedAt ? 'allowed' : 'superseded'
}

const later = (left: Clock | undefined, right: Clock | undefined): Clock | undefined =>
  left !== undefined && (right === undefined || left > right) ? left : right

/**
 * To the millisecond: that Campaign's clock agrees with ours as closely as a write takes long is inferred. Where it does
 * not, our own opt-out counts as Campaign's, at the moment it was written, and an opt-in made before that stays out. A
 * tolerance would err the other way: whoever opens and closes a flag in Campaign right after us would not be heard.
 */
const isWithin = (moment: number, sent: Sent | undefined): boolean =>
  sent !== undefined && moment >= sent.from && moment <= sent.until

/** When Campaign last changed the flag, by its own clock. That it keeps these times is inferred from their names. */
const changedAtIn = (record: ProfileRecord, flag: string): number | undefined => {
  // Which of its two times belongs to the flag of all channels nobody says: the later one is the safer.
  const names =
    flag === 'blackList' ? ['blackListLastModified', 'blackListAllLastModified'] : [`${flag}LastModified`]
  const moments = names.flatMap((name) => readInstant(textIn(record, name).replace(' ', 'T')) ?? [])
  return moments.length === 0 ? undefined : Math.max(...moments)
}
