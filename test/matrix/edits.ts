// What people did in two CRMs within a minute and a half: seeded, out of order, with duplicates, an opt-out and a stale
// opt-in, by key and by email. Every value and every name of a person says that it is a canary.
import type { Change, MatchEntry, Values } from '../../functions/change/change.ts'
import { seededRandom } from '../support/backlog.ts'

export type Source = 'direct' | 'hubspot'

/** One edit: when it was made and when its source first sends it, both in milliseconds from the beginning. */
export type Edit = {
  readonly id: string
  readonly source: Source
  readonly person: Person
  readonly match: readonly [MatchEntry, ...MatchEntry[]]
  readonly set: Values
  readonly madeAt: number
  readonly sentAt: number
  readonly action?: 'upsert' | 'delete'
}

export const PEOPLE = ['ada', 'bob', 'eve', 'lia', 'max', 'noa', 'zoe'] as const
export type Person = (typeof PEOPLE)[number]

export const keyOf = (person: Person): string => `770${PEOPLE.indexOf(person)}077`
export const emailOf = (person: Person): string => `canary-${person}@example.com`

/** Never in the instance of the matrix: what names it is refused, in Campaign's own words. */
export const UNKNOWN_ATTRIBUTE = 'cusLoyaltyId'
/** In the instance but while the row of refusals lasts. */
export const SOMETIMES_UNKNOWN_ATTRIBUTE = 'cusTier'
export const CONSENT = 'blackListEmail'

const ATTRIBUTES = ['phone', 'firstName', 'lastName', 'mobilePhone', 'location.city'] as const
/** HubSpot's names of them, as the mapping of the tests has it. */
export const FIELDS: Readonly<Record<string, string>> = {
  phone: 'phone',
  firstName: 'firstname',
  lastName: 'lastname',
  mobilePhone: 'mobilephone',
  'location.city': 'city',
  [CONSENT]: 'hs_email_optout',
}

const SPAN_MILLISECONDS = 90_000
/** How late an edit may be sent: long enough that many overtake each other. */
const LATEST_MILLISECONDS = 25_000
const EDITS_OF_A_PERSON = 6

export const editsOf = (seed: number): readonly Edit[] => {
  const random = seededRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  let made = 0
  const edit = (person: Person, set: Values, at: number, given: Partial<Edit> = {}): Edit => {
    made += 1
    const byKey: MatchEntry = { attribute: 'cusCrmId', value: keyOf(person) }
    const byEmail: MatchEntry = { attribute: 'email', value: emailOf(person) }
    // No two edits are of one millisecond: the model needs no ties here.
    const madeAt = at + made
    return {
      id: `edit-${made}`,
      source: 'direct',
      person,
      match: [random() < 0.5 ? byKey : byEmail],
      set,
      madeAt,
      sentAt: madeAt + 100 + below(LATEST_MILLISECONDS),
      ...given,
    }
  }
  const ordinary = PEOPLE.flatMap((person) =>
    Array.from({ length: EDITS_OF_A_PERSON }, (_, count) => {
      const attribute = ATTRIBUTES[below(ATTRIBUTES.length)] ?? 'phone'
      const value = { [attribute]: `canary ${person} ${count}` }
      const at = below(SPAN_MILLISECONDS)
      if (random() >= 0.4) return edit(person, { ...value, fax: `canary-${count}` }, at)
      return edit(person, value, at, {
        source: 'hubspot',
        match: [{ attribute: 'cusCrmId', value: keyOf(person) }],
      })
    }),
  )
  const consent = [
    // Opted out in the CRM; an opt-in from before is sent after it.
    edit('zoe', { [CONSENT]: true }, 30_000, {
      source: 'hubspot',
      match: [{ attribute: 'cusCrmId', value: keyOf('zoe') }],
      sentAt: 31_000,
    }),
    edit('zoe', { [CONSENT]: false, phone: 'canary stale' }, 20_000, { sentAt: 55_000 }),
    edit('eve', { [CONSENT]: true }, 15_000, { sentAt: 15_500 }),
    edit('eve', { [CONSENT]: false }, 5000, { sentAt: 80_000 }),
    // Opted out, and in again by an explicit word that is later.
    edit('lia', { [CONSENT]: true }, 12_000, { sentAt: 40_000 }),
    edit('lia', { [CONSENT]: false }, 25_000, { sentAt: 45_000 }),
  ]
  const refused = (['ada', 'max'] as const).flatMap((person) => [
    edit(person, { [UNKNOWN_ATTRIBUTE]: 'canary', phone: 'canary refused' }, 25_000),
    edit(person, { [SOMETIMES_UNKNOWN_ATTRIBUTE]: 'canary' }, 20_000, { sentAt: 22_000 }),
  ])
  const all = [...ordinary, ...consent, ...refused]
  const again = all
    .filter(() => random() < 0.2)
    .map((one) => ({ ...one, sentAt: one.sentAt + 1000 + below(LATEST_MILLISECONDS) }))
  return [...all, ...again].toSorted((left, right) => left.sentAt - right.sentAt)
}

/** People to be made and deleted, one whom nobody knows, one whom two profiles may be, and values and keys Campaign refuses. */
export const makings = (): readonly Edit[] => {
  const noted = { source: 'direct', person: 'max' } as const
  const key = (value: string): MatchEntry => ({ attribute: 'cusCrmId', value })
  const email = (value: string): MatchEntry => ({ attribute: 'email', value })
  const of = (name: string, given: Pick<Edit, 'match' | 'set'> & Partial<Edit>, at: number): Edit[] =>
    [0, 30_000].map((later) => ({
      ...noted,
      id: `${name}-${later}`,
      madeAt: at + later,
      sentAt: at + later + 500,
      ...given,
    }))
  const set = { phone: 'canary made', 'location.city': 'Canary Wharf' }
  return [
    ...of(
      'make',
      { action: 'upsert', match: [key('7707077'), email('canary-new@example.com')], set },
      14_000,
    ),
    ...of('delete', { action: 'delete', match: [key('7707077')], set: {} }, 35_000),
    ...of('unknown', { match: [email('canary-nobody@example.com')], set }, 18_000),
    ...of('unknown-out', { match: [key('7708077')], set: { [CONSENT]: true } }, 19_000),
    ...of('two', { match: [key(keyOf('ada')), email(emailOf('bob'))], set }, 21_000),
    ...of('twice', { match: [email('canary-twice@example.com')], set }, 22_000),
    ...of('pkey', { match: [{ attribute: 'PKey', value: '@canary7700077' }], set }, 23_000),
    ...of('title', { match: [key(keyOf('max'))], set: { salutation: 'canary', gender: 'canary' } }, 24_000),
    ...of('taken', { action: 'upsert', match: [email(emailOf('noa')), key(keyOf('max'))], set }, 26_000),
    ...of('date', { match: [key(keyOf('max'))], set: { birthDate: 'canary' } }, 27_000),
  ]
}

/** As the model reads it; `occurredAt` is epoch milliseconds. */
export const toChange = ({ id, source, match, set }: Edit, occurredAt: number): Change => ({
  id,
  index: 0,
  source,
  occurredAt,
  action: 'update',
  match,
  set,
  restate: {},
})
