// The rows of the matrix.
import * as z from 'zod'
import type { FaultInput } from '../../infra/local/campaign/faults.ts'
import { SOMETIMES_UNKNOWN_ATTRIBUTE } from './edits.ts'
import { type Act, type Fault, sourcesSecret, type World } from './world.ts'

/** An outage, a short recovery, and two more: longer than the breaker waits, shorter than anybody gives up. */
const AT_TIMES = [
  [10, 35],
  [38, 50],
  [53, 80],
] as const
const THROUGHOUT = [[10, 100]] as const

/** Begins when everybody has read the secrets, and outlasts whoever has. */
const FROM_LATER = [[28, 100]] as const

const MANY = 1_000_000
const nothing: Act = () => {}

/** Every call to Campaign, and none to IMS, is answered so. */
const answers = (
  name: string,
  answer: FaultInput['answer'],
  { method, spans = AT_TIMES, notes }: { method?: string } & Partial<Pick<Fault, 'spans' | 'notes'>> = {},
): Fault => ({
  name,
  spans,
  begin: (_world, { campaign }) =>
    campaign.setFaults([
      { match: { path: '/organization-canary/', ...(method && { method }) }, times: MANY, answer },
    ]),
  end: (_world, { campaign }) => campaign.setFaults([]),
  ...(notes && { notes }),
})

const switches = (
  name: string,
  change: { [Name in keyof World]: World[Name] extends boolean ? Name : never }[keyof World],
  spans: Fault['spans'] = THROUGHOUT,
) => ({
  name,
  spans,
  begin: ((world) => {
    world[change] = true
  }) satisfies Act,
  end: ((world) => {
    world[change] = false
  }) satisfies Act,
})

const clock = (name: string, aheadMilliseconds: number, notes: Fault['notes'] & {}): Fault => ({
  name,
  notes,
  spans: THROUGHOUT,
  begin: (world) => {
    world.aheadMilliseconds = aheadMilliseconds
  },
  end: (world) => {
    world.aheadMilliseconds = 0
  },
})

const readyToken = async (
  { credentials, secrets }: Parameters<Act>[0],
  { campaign }: Parameters<Act>[1],
): Promise<void> => {
  const { organization, clientId, clientSecret } = credentials
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'openid',
  })
  const answer = await campaign.handle({
    method: 'POST',
    path: '/ims/token/v3',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  })
  const { access_token: accessToken } = z
    .object({ access_token: z.string() })
    .parse(JSON.parse(answer.kind === 'answer' ? answer.body : ''))
  secrets['campaign'] = JSON.stringify({ organization, apiKey: clientId, accessToken })
}

const TEN_MINUTES = 600_000
const PARKED = 'parked only what is refused by name'

const FOR_A_PERSON =
  'What is refused three times without a reason, while another profile was written in between, is parked as `refused-unexplained`, an opt-out too: nobody can tell it from a change that Campaign will never take. It is applied by `npm run redrive -- --code refused-unexplained`.'
const TOO_EARLY =
  'While its clock is off the source’s signatures are refused (401). What it stamped then and sends again with the right time is more than five minutes ahead and parked as `future`, an opt-out too, since a clamped stamp would be another one with each sending.'
const TAKEN_AT_ITS_WORD =
  'Edits are ordered by the time that their source gives them, and nobody can tell that it is wrong: an opt-in of another source that was made before the opt-out looks later. By the given times the profiles are right.'

export const FAULTS: readonly Fault[] = [
  { name: 'nothing is wrong', spans: [], begin: nothing, end: nothing },
  answers('429 with Retry-After', { status: 429, retryAfter: 7 }),
  {
    name: '500 that refuses an attribute by name',
    spans: THROUGHOUT,
    begin: (_world, { campaign }) =>
      campaign.settings({ customFields: { [SOMETIMES_UNKNOWN_ATTRIBUTE]: null } }),
    end: (_world, { campaign }) =>
      campaign.settings({ customFields: { [SOMETIMES_UNKNOWN_ATTRIBUTE]: 'string' } }),
  },
  answers(
    '500 without a reason, for every write',
    { status: 500, body: 'An error has occurred: canary' },
    {
      method: 'PATCH',
      spans: THROUGHOUT,
    },
  ),
  answers(
    '500 without a reason, for every write, now and then',
    { status: 500, body: 'An error has occurred: canary' },
    {
      method: 'PATCH',
      notes: { 'no lasting regress': FOR_A_PERSON, 'consent kept': FOR_A_PERSON, [PARKED]: FOR_A_PERSON },
    },
  ),
  answers('502', { status: 502 }),
  answers('503', { status: 503 }),
  answers('reset before the write', { reset: true }),
  answers('reset after the write', { appliedButLost: true }, { method: 'PATCH' }),
  answers('hang', { hang: true }),
  answers('half a JSON', { garbage: true }),
  answers('200 of a wrong content type', { status: 200, body: '<html>canary of a proxy</html>' }),
  {
    name: 'expired token, every five seconds',
    spans: THROUGHOUT,
    begin: (_world, { campaign }) => campaign.expireTokens(),
    end: nothing,
  },
  {
    name: 'revoked token (a ready one, renewed in the secret later)',
    spans: THROUGHOUT,
    prepare: readyToken,
    begin: (_world, { campaign }) => campaign.revokeTokens(),
    end: (world, simulation) => void readyToken(world, simulation),
  },
  {
    name: 'rotated secret of Campaign',
    spans: THROUGHOUT,
    begin: (_world, { campaign }) => {
      campaign.changeClientSecret('rotated-canary')
      campaign.revokeTokens()
    },
    end: ({ secrets, credentials }) => {
      secrets['campaign'] = JSON.stringify({ ...credentials, clientSecret: 'rotated-canary' })
    },
  },
  {
    name: 'rotated secret of a source, unknown here at first',
    spans: THROUGHOUT,
    begin: ({ senderSecrets }) => {
      senderSecrets.hubspot = 'rotated-hubspot-canary'
    },
    end: ({ secrets, senderSecrets }) => {
      secrets['sources'] = sourcesSecret(senderSecrets)
    },
  },
  switches('Secrets Manager away', 'isSecretsManagerAway', FROM_LATER),
  switches('ledger throttled', 'isLedgerThrottled'),
  switches('queues throttled', 'isQueueThrottled'),
  switches('answers of the ledger lost, the calls not', 'areLedgerAnswersLost'),
  switches('answers of the queues lost, the calls not', 'areQueueAnswersLost'),
  switches('what has ended is delivered again', 'areDeletionsLost'),
  switches('workers killed in the middle', 'areWorkersKilled'),
  clock('a source’s clock ten minutes ahead', TEN_MINUTES, {
    'no lasting regress': TOO_EARLY,
    'consent kept': TOO_EARLY,
    [PARKED]: TOO_EARLY,
  }),
  clock('a source’s clock ten minutes behind', -TEN_MINUTES, {
    'no lasting regress': TAKEN_AT_ITS_WORD,
    'consent kept': TAKEN_AT_ITS_WORD,
  }),
]
