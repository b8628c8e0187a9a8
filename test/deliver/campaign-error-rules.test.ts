// By which rules an answer of Campaign is read: who gave it, to which method, and how long it asks to wait.
import { describe, expect, it } from 'vitest'
import { classify, type FailedAnswer, type Fault } from '../../functions/deliver/campaign/campaign-error.ts'

type Method = FailedAnswer['method']

const NOW = 1_000_000
const meaningOf = (method: Method, status: number, body: string, retryAfter?: string): Fault =>
  classify({ method, status, retryAfter, body, sentAt: 7, now: NOW })

const unavailable = { kind: 'whole', code: 'unavailable' }
const writes = ['PATCH', 'POST', 'DELETE'] as const
const everyMethod = ['GET', ...writes] as const

describe.each([408, 502, 504])('somebody between who gave up waiting, with %i,', (status) => {
  it.each(writes)('leaves it open whether a %s will land, whatever code the body has', (method) => {
    for (const code of [503000, 429050, 403023, 401013, 500, 502]) {
      expect(meaningOf(method, status, `{"error_code":"${code}"}`), `${code}`).toEqual({
        kind: 'lost',
        sentAt: 7,
      })
    }
  })
  it('lets a read simply be tried again', () => {
    expect(meaningOf('GET', status, '')).toEqual(unavailable)
    expect(meaningOf('GET', status, `{"code":${status},"message":"Oops."}`)).toEqual(unavailable)
  })
})

it.each([
  "A 'Profile' with the same key '7' already exists.",
  'PGS-220000 PostgreSQL error: ERROR:  duplicate key value violates unique constraint "nmsrecipient_scrmid"',
])('takes a taken key for a refusal of a PATCH, and for news of a POST: %s', (body) => {
  expect(meaningOf('PATCH', 500, body)).toEqual({ kind: 'refused', code: 'duplicate-key' })
  expect(meaningOf('POST', 500, body)).toEqual({ kind: 'exists' })
})

it.each([
  ["Cannot update the 'age' property that is read-only", 'attribute-read-only'],
  ["The value 'x' is not valid for the 'nms:recipient:gender' enumeration", 'value-refused'],
  ["'cusNope' property is not valid for the 'profile' resource.", 'attribute-unknown'],
])('believes a sentence about an attribute only of what sends attributes: %s', (body, code) => {
  for (const method of ['PATCH', 'POST'] as const)
    expect(meaningOf(method, 500, body)).toEqual({ kind: 'refused', code })
  for (const method of ['GET', 'DELETE'] as const)
    expect(meaningOf(method, 500, body)).toEqual({ kind: 'unexplained' })
})

it('takes what is not found for the record of the URL, and of a POST, whose URL names none, for no record', () => {
  const body = "Unable to find document with path 'Profile' from key '7' (document with schema 'profile')"
  for (const method of ['GET', 'PATCH', 'DELETE'] as const)
    expect(meaningOf(method, 404, body)).toEqual({ kind: 'not-found' })
  expect(meaningOf('POST', 404, body)).toEqual({ kind: 'unexplained', isMissing: true })
})

it('blames the endpoint for a 404 to a POST, whose URL carries nobody’s value', () => {
  for (const body of ['RST-360011 An error\nError rc=-2003', 'Unsupported endpoint. (endpoint=rest/x)', ''])
    expect(meaningOf('POST', 404, body)).toEqual({ kind: 'whole', code: 'endpoint-unknown' })
})

it.each(everyMethod)('refuses a key that Campaign cannot read, in whatever a %s says', (method) => {
  for (const [status, body] of [
    [500, "XTK-170036 Unable to parse expression '@id = @x'."],
    [404, 'Unable to decrypt PKey. (PKey=@x)'],
  ] as const)
    expect(meaningOf(method, status, body)).toEqual({ kind: 'refused', code: 'key-malformed' })
})

it.each([
  [503, '{"error_code":"503000","message":"property is not valid for the resource"}', 'whole'],
  [500, '{"error_code":"500000","message":"Certificate is not valid"}', 'whole'],
  [400, '{"error_code":"400011","message":"the value of the field is not valid"}', 'unexplained'],
  [404, '{"error_code":"404000","message":"enumeration"}', 'unexplained'],
  [500, '{"code":500001,"message":"Unable to find document, already exists"}', 'whole'],
])('reads a gateway’s JSON (%i) by its code, not by sentences in it', (status, body, kind) => {
  for (const method of everyMethod) expect(meaningOf(method, status, body)).toMatchObject({ kind })
})

it('reads JSON without a code, and text of another status than the engine’s, for no refusal', () => {
  expect(meaningOf('PATCH', 400, '{"unheard":"of"}')).toEqual({ kind: 'unexplained' })
  expect(meaningOf('PATCH', 520, 'property is not valid for')).toEqual(unavailable)
  expect(meaningOf('PATCH', 302, 'property is not valid for')).toEqual(unavailable)
})

it('reads the engine’s text alike where it comes as one JSON string', () => {
  const body = JSON.stringify("'cusNope' property is not valid for the 'profile' resource.")
  expect(meaningOf('PATCH', 500, body)).toEqual({ kind: 'refused', code: 'attribute-unknown' })
})

it('takes a page of somebody in between for no sentence of the engine', () => {
  const page = '<html><body>The request is not valid.</body></html>'
  expect(meaningOf('PATCH', 400, page)).toEqual({ kind: 'unexplained' })
})

it.each([429, 503])('waits after a %i as long as Retry-After says, in seconds or as a date', (status) => {
  const waitAfter = (retryAfter: string) => meaningOf('PATCH', status, '', retryAfter)
  expect(waitAfter('38')).toMatchObject({ retryAfterMilliseconds: 38_000 })
  expect(waitAfter(new Date(NOW + 5000).toUTCString())).toMatchObject({ retryAfterMilliseconds: 5000 })
  expect(waitAfter('soon')).toMatchObject({ kind: 'whole', retryAfterMilliseconds: undefined })
})
