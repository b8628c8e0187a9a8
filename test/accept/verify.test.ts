import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { type Delivery, isUsableSecret, verify } from '../../functions/accept/verify.ts'
import { kind as direct } from '../../functions/change/sources/direct.ts'
import { kind as hubspot } from '../../functions/change/sources/hubspot.ts'
import { signHeaders } from '../../infra/local/sign.ts'

const now = Date.parse('2026-11-22T10:00:00.000Z')
const whsec = (bytes: number, fill = 7) => `whsec_${Buffer.alloc(bytes, fill).toString('base64')}`
const secret = whsec(24)
const unsigned = { method: 'POST', url: 'https://hooks.example.com/webhooks/direct', body: '{"id":"evt_1"}' }

/** A delivery that verifies at `now`, changed as given. */
const signed = (
  given: { headers?: Record<string, string | undefined>; at?: number; secret?: string } = {},
): Delivery => ({
  ...unsigned,
  headers: {
    ...signHeaders(direct.scheme, given.secret ?? secret, unsigned, given.at ?? now),
    ...given.headers,
  },
  body: Buffer.from(unsigned.body),
})
const isProven = (
  delivery: Delivery,
  secrets: readonly string[] = [secret],
  at = now,
  scheme = direct.scheme,
) => verify(delivery, scheme, secrets, at) !== undefined

/** The same delivery under another signature header. */
const resigned = (delivery: Delivery, header: string): Delivery => ({
  ...delivery,
  headers: { ...delivery.headers, 'webhook-signature': header },
})

describe('what the standardwebhooks package signs', () => {
  const bytes = fc.uint8Array({ minLength: 24, maxLength: 64 })
  const id = fc.stringMatching(/^[\w.-]{1,40}$/)
  const body = fc.string({ unit: 'binary', maxLength: 60 })
  const sign = (key: Uint8Array, messageId: string, text: string): Delivery => {
    const given = `whsec_${Buffer.from(key).toString('base64')}`
    return {
      ...unsigned,
      headers: {
        'webhook-id': messageId,
        'webhook-timestamp': String(now / 1000),
        'webhook-signature': new Webhook(given).sign(messageId, new Date(now), text),
      },
      body: Buffer.from(text),
    }
  }

  it('is accepted', () => {
    fc.assert(
      fc.property(bytes, id, body, (key, messageId, text) => {
        const secrets = [`whsec_${Buffer.from(key).toString('base64')}`]
        expect(isProven(sign(key, messageId, text), secrets)).toBe(true)
      }),
      { numRuns: 200, seed: 20261122 },
    )
  })

  it('is refused with any one bit of body, id, time or signature turned', () => {
    const part = fc.constantFrom('body', 'webhook-id', 'webhook-timestamp', 'webhook-signature')
    fc.assert(
      fc.property(
        bytes,
        id,
        body,
        part,
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (key, messageId, text, name, at, bit) => {
          const delivery = sign(key, messageId, text)
          const turn = (given: Buffer) => {
            const turned = Buffer.from(given)
            const position = at % Math.max(1, turned.length)
            turned[position] = (turned[position] ?? 0) ^ (1 << bit)
            return turned
          }
          const header = delivery.headers[name] ?? ''
          // The bits of the digest, not of its base64: several spellings mean the same bytes.
          const turned =
            name === 'webhook-signature'
              ? `v1,${turn(Buffer.from(header.slice(3), 'base64')).toString('base64')}`
              : turn(Buffer.from(header)).toString('latin1')
          const forged =
            name === 'body'
              ? { ...delivery, body: text === '' ? Buffer.from('x') : turn(Buffer.from(text)) }
              : { ...delivery, headers: { ...delivery.headers, [name]: turned } }
          expect(isProven(forged, [`whsec_${Buffer.from(key).toString('base64')}`])).toBe(false)
        },
      ),
      { numRuns: 400, seed: 20261122 },
    )
  })
})

describe('a signature', () => {
  it('proves the very bytes that were signed, text or not', () => {
    const body = Buffer.from([0xff, 0x00, 0xc3, 0x28])
    const stamp = String(now / 1000)
    const digest = createHmac('sha256', Buffer.alloc(24, 7))
      .update(`msg_1.${stamp}.`)
      .update(body)
      .digest('base64')
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': stamp, 'webhook-signature': `v1,${digest}` }
    expect(verify({ ...unsigned, headers, body }, direct.scheme, [secret], now)).toEqual(body)
  })

  it('is never an error, however malformed', () => {
    const odd = [
      '',
      ' ',
      ',',
      'v1',
      'v1,',
      'v1,,',
      'v1,=',
      'v1,%',
      'v2,abc',
      'é',
      '\u0000',
      'v1,'.repeat(1000),
      'x'.repeat(100_000),
    ]
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      for (const value of [...odd, undefined]) {
        expect(isProven(signed({ headers: { [name]: value } })), `${name} ${value?.slice(0, 20)}`).toBe(false)
      }
    }
    for (const name of ['x-hubspot-signature-v3', 'x-hubspot-request-timestamp']) {
      const headers = signHeaders(hubspot.scheme, 'secret', unsigned, now)
      const delivery = { ...signed(), headers }
      expect(isProven(delivery, ['secret'], now, hubspot.scheme)).toBe(true)
      for (const value of [...odd, undefined]) {
        const malformed = { ...delivery, headers: { ...headers, [name]: value } }
        expect(isProven(malformed, ['secret'], now, hubspot.scheme), `${name} ${value?.slice(0, 20)}`).toBe(
          false,
        )
      }
    }
  })

  it('may stand among others, of other versions or secrets', () => {
    const delivery = signed()
    const { 'webhook-signature': good = '' } = delivery.headers
    const bad = `v1,${Buffer.alloc(32).toString('base64')}`
    for (const header of [`${bad} ${good}`, `${good} ${bad}`, `v1a,x v2,y ${good}`, `  ${good} `]) {
      expect(isProven(resigned(delivery, header)), header).toBe(true)
    }
    // Duplicate headers come joined by a comma, which is in no list of signatures.
    expect(isProven(resigned(delivery, `${bad},${good}`))).toBe(false)
  })

  it('counts by its digest, so that a lax spelling of the same bytes proves as much', () => {
    const delivery = signed()
    const { 'webhook-signature': good = '' } = delivery.headers
    // node's base64 skips what is none and stops at the padding; nobody can spell the digest without knowing it.
    for (const same of [
      `${good}junk`,
      good.replace('=', ''),
      good.replaceAll('+', '-').replaceAll('/', '_'),
    ]) {
      expect(isProven(resigned(delivery, same)), same).toBe(true)
    }
    const digest = Buffer.from(good.slice(3), 'base64')
    for (const other of [
      digest.subarray(1),
      digest.subarray(0, 31),
      Buffer.concat([digest, Buffer.alloc(1)]),
    ]) {
      expect(isProven(resigned(delivery, `v1,${other.toString('base64')}`))).toBe(false)
    }
  })
})

describe('a timestamp', () => {
  it('is tolerated five minutes to the millisecond on either side', () => {
    for (const scheme of [direct.scheme, hubspot.scheme]) {
      const delivery = {
        ...unsigned,
        headers: signHeaders(scheme, secret, unsigned, now),
        body: Buffer.from(unsigned.body),
      }
      for (const [offset, proven] of [
        [300_000, true],
        [-300_000, true],
        [300_001, false],
        [-300_001, false],
      ] as const) {
        expect(isProven(delivery, [secret], now + offset, scheme), String(offset)).toBe(proven)
      }
    }
  })

  it('is digits and nothing else', () => {
    const stamp = String(now / 1000)
    for (const text of [
      `${stamp}junk`,
      ` ${stamp}`,
      `${stamp}.0`,
      `+${stamp}`,
      `${stamp}\n`,
      '1e9',
      '0x1',
      'NaN',
      `${stamp},${stamp}`,
    ]) {
      const digest = createHmac('sha256', Buffer.alloc(24, 7))
        .update(`msg_1.${text}.${unsigned.body}`)
        .digest('base64')
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': text,
        'webhook-signature': `v1,${digest}`,
      }
      expect(isProven({ ...signed(), headers }), text).toBe(false)
    }
  })
})

describe('secrets', () => {
  it('may be several, any of which proves', () => {
    const next = whsec(32, 9)
    for (const secrets of [[secret], [next, secret], [secret, next]])
      expect(isProven(signed(), secrets)).toBe(true)
    expect(isProven(signed({ secret: next }), [secret, next])).toBe(true)
    for (const secrets of [[], [next]]) expect(isProven(signed(), secrets)).toBe(false)
  })

  it('of Standard Webhooks are whsec_ and 24 to 64 bytes in base64', () => {
    for (const bytes of [24, 25, 32, 64]) {
      expect(isUsableSecret(whsec(bytes), direct.scheme)).toBe(true)
      expect(isProven(signed({ secret: whsec(bytes) }), [whsec(bytes)])).toBe(true)
    }
    const bare = Buffer.alloc(24, 7).toString('base64')
    for (const given of [
      '',
      'whsec_',
      whsec(23),
      whsec(65),
      bare,
      `WHSEC_${bare}`,
      ` ${secret}`,
      `${secret}\n`,
      `${secret}!`,
      `whsec_${bare.slice(1)}`,
      `whpk_${bare}`,
    ]) {
      expect(isUsableSecret(given, direct.scheme), given).toBe(false)
      // Signed with whatever bytes the text decodes to: still refused.
      const key = Buffer.from(given.trim().replace(/^whsec_/i, ''), 'base64')
      const stamp = String(now / 1000)
      const digest = createHmac('sha256', key).update(`msg_1.${stamp}.${unsigned.body}`).digest('base64')
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': stamp,
        'webhook-signature': `v1,${digest}`,
      }
      expect(isProven({ ...signed(), headers }, [given]), given).toBe(false)
    }
  })

  it('of HubSpot are any text but none', () => {
    expect(isUsableSecret('x', hubspot.scheme)).toBe(true)
    expect(isUsableSecret('', hubspot.scheme)).toBe(false)
    const headers = signHeaders(hubspot.scheme, '', unsigned, now)
    expect(isProven({ ...signed(), headers }, [''], now, hubspot.scheme)).toBe(false)
  })
})

describe('what HubSpot signs', () => {
  const delivery = (given: Partial<Delivery> = {}) => ({
    ...signed(),
    headers: signHeaders(hubspot.scheme, 'secret', unsigned, now),
    ...given,
  })
  const proven = (given: Partial<Delivery>) => isProven(delivery(given), ['secret'], now, hubspot.scheme)

  it('is method, address, body and time, each of them', () => {
    expect(proven({})).toBe(true)
    expect(proven({ method: 'PUT' })).toBe(false)
    expect(proven({ url: `${unsigned.url}?a=b` })).toBe(false)
    expect(proven({ url: unsigned.url.replace('https', 'http') })).toBe(false)
    expect(proven({ body: Buffer.from(`${unsigned.body} `) })).toBe(false)
    const headers = { ...delivery().headers, 'x-hubspot-request-timestamp': String(now + 1) }
    expect(proven({ headers })).toBe(false)
  })

  it('is the address with exactly the documented escapes undone, once, in either case', () => {
    const decoded = hubspot.scheme.canonicalUrl
    expect(decoded?.('?a=%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B')).toBe("?a=:/?@!$'()*,;")
    expect(decoded?.('?a=%3a%2f')).toBe('?a=:/')
    const kept = '?a=%20%26%3D%2B%25%23%22%3C&b=%253A&c=%&d=%zz&e=+'
    expect(decoded?.(kept)).toBe(kept)
  })
})
