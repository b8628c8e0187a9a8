import { expect, it } from 'vitest'
import {
  parseCampaignCredentials,
  parsePseudonymKey,
  parseSourceSecrets,
} from '../../functions/runtime/secret-contents.ts'

it('reads OAuth credentials, with scopes or without, and a ready token', () => {
  const client = { organization: 'acme', clientId: 'id', clientSecret: 'secret' }
  const ready = { organization: 'acme', apiKey: 'key', accessToken: 'token' }
  for (const given of [client, { ...client, scopes: 'openid' }, ready]) {
    expect(parseCampaignCredentials(JSON.stringify(given))).toEqual(given)
  }
  for (const given of [
    {},
    { ...client, clientSecret: '' },
    { organization: 'acme' },
    { clientId: 'id', clientSecret: 's' },
    { ...ready, accessToken: 1 },
    [],
    null,
    'x',
  ]) {
    expect(() => parseCampaignCredentials(JSON.stringify(given)), JSON.stringify(given)).toThrow()
  }
})

it('reads lists of secrets by source', () => {
  const given = { hubspot: ['current', 'previous'], direct: ['whsec_x'], idle: [] }
  expect(parseSourceSecrets(JSON.stringify(given))).toEqual(given)
  for (const wrong of ['', 'x', '[]', '{"direct":"x"}', '{"direct":[1]}', '{"direct":[""]}', 'null']) {
    expect(() => parseSourceSecrets(wrong), wrong).toThrow()
  }
})

it('reads a pseudonym key of at least 32 characters', () => {
  expect(parsePseudonymKey('x'.repeat(32))).toBe('x'.repeat(32))
  for (const wrong of ['', 'x'.repeat(31)]) expect(() => parsePseudonymKey(wrong)).toThrow()
})
