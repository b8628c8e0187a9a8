// What each documented error of Campaign means: the rows of the vendor's pages, as the dialect `standard` prints them.
import { describe, expect, it } from 'vitest'
import { classify, type FailedAnswer, type Fault } from '../../functions/deliver/campaign/campaign-error.ts'

const NOW = 1_000_000
const patch = (status: number, body: string, more: Partial<FailedAnswer> = {}): Fault =>
  classify({
    isWrite: true,
    status,
    retryAfter: undefined,
    body,
    sentAt: 7,
    now: NOW,
    ...more,
  })

const generic = 'RST-360011 An error has occurred - please contact your administrator.'

const refused: readonly (readonly [string, number, string])[] = [
  [
    'attribute-read-only',
    500,
    "Cannot update the 'age' property that is read-only\n'age' property is not valid for the 'profile' resource.",
  ],
  ['attribute-unknown', 500, "'cusNope' property is not valid for the 'profile' resource."],
  [
    'value-refused',
    500,
    `${generic}\nThe value 'invalid' is not valid for the 'nms:recipient:gender' enumeration of the '@gender' field`,
  ],
  [
    'key-change-refused',
    500,
    `${generic}\nRST-360012 Inconsistent operation on resource 'service' – Cannot update key 'SVC3' to 'SVC4'.`,
  ],
  ['duplicate-key', 500, "A 'Service' with the same key 'SVC4' already exists."],
  [
    'duplicate-key',
    500,
    'PGS-220000 PostgreSQL error: ERROR:  duplicate key value violates unique constraint "nmsservice_name" DETAIL:  Key (sname)=(SVC4) already exists.',
  ],
  [
    'key-malformed',
    500,
    "'O5iRp40EGA' attribute unknown (see definition of 'Profiles (nms:recipient)' schema).\nXTK-170036 Unable to parse expression '@id = @O5iRp40EGA'.",
  ],
  ['key-malformed', 404, 'Unable to decrypt PKey. (PKey=@jksad)'],
]

describe('what this change can never succeed with is refused', () => {
  it.each(refused)('%s (%i)', (code, status, body) => {
    expect(patch(status, body)).toEqual({ kind: 'refused', code })
  })
})

const whole: readonly (readonly [string, number, string])[] = [
  ['credentials-refused', 401, '{"error_code":"401013","message":"Oauth token is not valid"}'],
  ['organization-refused', 403, '{"error_code":"403023","message":"Profile is not valid"}'],
  ['credentials-refused', 403, '{"error_code":"403003","message":"Api Key is invalid"}'],
  ['credentials-refused', 403, '{"error_code":"403000","message":"Api Key is required"}'],
  ['credentials-refused', 403, '{"error_code":"403010","message":"Oauth token is missing."}'],
  [
    'organization-refused',
    500,
    '{"code":500,"message":"Oops. Something went wrong. Check your URI and try again."}',
  ],
  ['unavailable', 503, '{"error_code":"503010","message":"Could not validate"}'],
  ['unavailable', 503, ''],
]

describe('what is nobody’s change’s fault waits', () => {
  it.each(whole)('%s (%i)', (code, status, body) => {
    expect(patch(status, body)).toMatchObject({ kind: 'whole', code })
  })
  it('throttled, for as long as Retry-After says, in seconds or as a date', () => {
    const body = '{"error_code":"429050","message":"Too many requests"}'
    expect(patch(429, body, { retryAfter: '38' })).toEqual({
      kind: 'whole',
      code: 'throttled',
      retryAfterMilliseconds: 38_000,
    })
    const date = new Date(NOW + 5000).toUTCString()
    expect(patch(429, body, { retryAfter: date })).toMatchObject({ retryAfterMilliseconds: 5000 })
    expect(patch(429, body, { retryAfter: 'soon' })).toMatchObject({
      code: 'throttled',
      retryAfterMilliseconds: undefined,
    })
  })
})

describe('somebody between gave up waiting', () => {
  it.each([408, 502, 504])('a write answered by %i may still land', (status) => {
    expect(patch(status, '{"code":502,"message":"Oops."}')).toEqual({ kind: 'lost', sentAt: 7 })
  })
  it.each([408, 502, 504])('a write answered by %i may still land whatever code its body has', (status) => {
    for (const code of ['503000', '429050', '403023', '500']) {
      expect(patch(status, `{"error_code":"${code}","message":"x"}`), code).toEqual({
        kind: 'lost',
        sentAt: 7,
      })
    }
  })
  it.each([408, 502, 504])('a read answered by %i is simply tried again', (status) => {
    expect(patch(status, '', { isWrite: false })).toEqual({ kind: 'whole', code: 'unavailable' })
  })
})

it('knows a record that does not exist from a URL that Campaign does not know', () => {
  const missing = `${generic}\nUnable to find document with path 'Profile' from key 'adobe_nl:0' (document with schema 'profile' and name 'adobe_nl')`
  expect(patch(404, missing)).toEqual({ kind: 'not-found' })
  expect(patch(404, `${generic}\nError rc=-2003`)).toEqual({ kind: 'bad-url', isNamed: true })
  expect(patch(404, '<html>Not here</html>')).toEqual({ kind: 'bad-url', isNamed: false })
})

it('leaves a 500 it has no sentence for unexplained', () => {
  expect(patch(500, generic)).toEqual({ kind: 'unexplained' })
  expect(patch(500, '')).toEqual({ kind: 'unexplained' })
  expect(patch(400, '{"unheard":"of"}')).toEqual({ kind: 'unexplained' })
})

it.each([
  [503, '{"error_code":"503000","message":"property is not valid for the resource"}', 'whole'],
  [500, '{"error_code":"500000","message":"Certificate is not valid"}', 'whole'],
  [400, '{"error_code":"400011","message":"the value of the field is not valid"}', 'unexplained'],
  [404, '{"error_code":"404000","message":"enumeration"}', 'unexplained'],
])('reads a gateway’s JSON (%i) by its code, not by sentences in it', (status, body, kind) => {
  expect(patch(status, body)).toMatchObject({ kind })
})

it('takes a page of somebody in between for no sentence of the engine', () => {
  expect(patch(400, '<html><body>The request is not valid.</body></html>')).toEqual({ kind: 'unexplained' })
})

it('takes what a data policy refuses for refused', () => {
  const text = `${generic}\nThe value of the '@email' field is not valid: the data policy accepts email addresses only.`
  expect(patch(500, text)).toEqual({ kind: 'refused', code: 'value-refused' })
})
