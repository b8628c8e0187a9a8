// What each documented answer of Campaign means: the rows of the vendor's pages, in the words of both dialects.
import { describe, expect, it } from 'vitest'
import { classify } from '../../functions/deliver/campaign/campaign-error.ts'

const refused = (code: string) => ({ kind: 'refused', code })
const whole = (code: string) => ({ kind: 'whole', code })
const notFound = { kind: 'not-found' }
const unexplained = { kind: 'unexplained' }
const lost = { kind: 'lost', sentAt: 7 }

type Row = readonly [what: string, status: number, body: string, fault: object]

const general = 'An error has occurred - please contact your administrator.'
const line = `RST-360011 ${general}`
const oops = (code: number) =>
  `{"code":${code},"message":"Oops. Something went wrong. Check your URI and try again."}`
const missing = (key: string) =>
  `Unable to find document with path 'Service' from key '${key}' (document with schema 'service' and name 'adobe_nl')`
const gateway = (code: string, message: string) => JSON.stringify({ error_code: code, message })

// campaign-standard.en troubleshooting, setting-up-api-access; adobe-apiplatform/api-gateway-request-validation.
const gatewayRows: readonly Row[] = [
  ['an expired token', 401, gateway('401013', 'Oauth token is not valid'), whole('credentials-refused')],
  ['another organization', 403, gateway('403023', 'Profile is not valid'), whole('organization-refused')],
  ['an unknown API key', 403, gateway('403003', 'Api Key is invalid'), whole('credentials-refused')],
  ['no API key', 403, gateway('403000', 'Api Key is required'), whole('credentials-refused')],
  ['no token', 403, gateway('403010', 'Oauth token is missing.'), whole('credentials-refused')],
  ['a scope that lacks', 403, gateway('403011', 'Scope mismatch'), whole('credentials-refused')],
  [
    'a token that is none',
    403,
    gateway('403020', 'Oauth token missing or invalid'),
    whole('credentials-refused'),
  ],
  [
    'a hidden profile',
    403,
    gateway('403024', 'Not allowed to read the profile'),
    whole('credentials-refused'),
  ],
  ['too many requests', 429, gateway('429050', 'Too many requests'), whole('throttled')],
  ['a used-up service', 429, gateway('429001', 'Service usage limit reached'), whole('throttled')],
  ['a used-up key', 429, gateway('429002', 'Developer key usage limit reached'), whole('throttled')],
  ['an unknown organization', 500, oops(500), whole('organization-refused')],
  ['no CNAME', 502, oops(502), lost],
  ['no validation of the key', 503, gateway('503000', 'Could not validate'), whole('unavailable')],
  ['no validation of the token', 503, gateway('503010', 'Could not validate'), whole('unavailable')],
  ['nothing that is known', 503, '', whole('unavailable')],
  ['sixty seconds over', 504, '', lost],
]

// campaign.en limitations, column Campaign Standard; campaign-standard.en troubleshooting; aio-lib-campaign-standard#51.
const standardRows: readonly Row[] = [
  [
    'a malformed PKey',
    500,
    "'O5iRp40EGA' attribute unknown (see definition of 'Profiles (nms:recipient)' schema).\nXTK-170036 Unable to parse expression '@id = @O5iRp40EGA'.",
    refused('key-malformed'),
  ],
  ['an unknown key', 404, `${line}\n${missing('adobe_nl:0')}`, notFound],
  ['an unknown key in a body', 404, `${line}\n${missing('adobe_nl')}`, notFound],
  [
    'a changed key',
    500,
    `${line}\nRST-360012 Inconsistent operation on resource 'service' – Cannot update key 'SVC3' to 'SVC4'.`,
    refused('key-change-refused'),
  ],
  ['a duplicate', 500, "A 'Service' with the same key 'SVC4' already exists.", refused('duplicate-key')],
  [
    'a duplicate to the database',
    500,
    'PGS-220000 PostgreSQL error: ERROR:  duplicate key value violates unique constraint "nmsservice_name" DETAIL:  Key (sname)=(SVC4) already exists.',
    refused('duplicate-key'),
  ],
  [
    'a bad enumeration',
    500,
    `${line}\nThe value 'invalid' is not valid for the 'nms:recipient:gender' enumeration of the '@gender' field`,
    refused('value-refused'),
  ],
  [
    'a value that a data policy refuses',
    500,
    `${line}\nThe value of the '@email' field is not valid: the data policy accepts email addresses only.`,
    refused('value-refused'),
  ],
  [
    'a read-only attribute',
    500,
    "Cannot update the 'age' property that is read-only\n'age' property is not valid for the 'profile' resource.",
    refused('attribute-read-only'),
  ],
  [
    'an unknown attribute',
    500,
    "'cusNope' property is not valid for the 'profile' resource.",
    refused('attribute-unknown'),
  ],
  ['a bad URL', 404, `${line}\nError rc=-2003`, { kind: 'bad-url', isNamed: true }],
  ['a page of somebody in between', 404, '<html>Not here</html>', { kind: 'bad-url', isNamed: false }],
  ['no reason', 500, line, unexplained],
  ['nothing', 500, '', unexplained],
  ['a bad tenant, at first', 400, 'Bad Request', unexplained],
]

// campaign.en limitations, column Campaign v8: duplicates, changed keys and enumerations share one sentence.
const v8Rows: readonly Row[] = [
  ['a malformed PKey in a body', 404, 'Unable to decrypt PKey. (PKey=@jksad)', refused('key-malformed')],
  [
    'a malformed PKey in the URL',
    404,
    'Unable to decrypt PKey. (PKey=@jksad)\nUnsupported endpoint. (endpoint=rest/profileAndServices/profile/@jksad)',
    refused('key-malformed'),
  ],
  ['an unknown key', 404, missing('adobe_nl'), notFound],
  ['a duplicate, a changed key, a bad enumeration', 500, general, unexplained],
  [
    'a location, which it does not take',
    500,
    "'zipCode' property is not valid for the 'profile' resource.",
    refused('attribute-unknown'),
  ],
  [
    'a bad URL',
    404,
    'Unsupported endpoint. (endpoint=rest/profileAndServicesExt/profile/a,)',
    { kind: 'bad-url', isNamed: false },
  ],
]

describe.each([
  ['of the gateway', gatewayRows],
  ['of Campaign Standard', standardRows],
  ['of Campaign v8', v8Rows],
])('an answer %s to a PATCH', (_whose, rows) => {
  it.each(rows)('for %s (%i)', (_what, status, body, fault) => {
    const answer = { method: 'PATCH', status, body, retryAfter: undefined, sentAt: 7, now: 0 } as const
    expect(classify(answer)).toEqual(fault)
  })
})
