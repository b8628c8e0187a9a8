import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { defaultSettings } from '../../infra/local/campaign/settings.ts'
import { uncertainDefaults } from '../../infra/local/campaign/uncertain-settings.ts'
import { campaignUnderTest, ext } from './campaign-under-test.ts'
import { manualTime } from './manual-time.ts'

it('merges settings and answers what is set', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'settings', { latencyMs: 1 })
  const answer = await campaign.control('POST', 'settings', { wrapSingle: true })
  expect(answer.json()).toEqual({
    ...uncertainDefaults,
    dialect: 'standard',
    latencyMs: 1,
    bigTableThreshold: 100_000,
    businessKey: 'cusCrmId',
    customFields: {
      cusCrmId: 'string',
      cusLoyaltyId: 'string',
      cusTier: 'string',
      cusScore: 'number',
      cusVip: 'boolean',
    },
    customResources: {},
    orgUnits: [],
    filters: {},
    callsPerSecond: 0,
    tokenSeconds: 86_399,
    wrapSingle: true,
    rewrite: 'none',
    baseUrl: null,
  })
})

it.each([
  [{ colour: 'red' }, 'allowed: dialect, latencyMs'],
  [{ dialect: 'v9' }, 'must be standard or v8'],
  [{ emailMatch: 'fuzzy' }, '"exact"|"ignoreCase"|"prefix"'],
  [{ rewrite: 'upperCase' }, '"none"|"smartCase"'],
  [{ latencyMs: -1 }, 'latencyMs'],
  [{ customFields: { shoeSize: 'number' } }, 'custom fields are named cus'],
  [{ customFields: { cusShoeSize: 'size' } }, '"string"|"integer"|"number"|"boolean"|"date"|"datetime"'],
  [{ customFields: { cusCrmId: null } }, 'businessKey'],
  [{ customFields: { cusShop: { link: 'cusX' } } }, 'customFields.cusShop: there is no resource cusX'],
  [{ orgUnits: [{ name: 'rome' }] }, 'orgUnits.0.label'],
  [{ filters: { byX: { attribute: 'nothing', parameter: 'x' } } }, 'there is no attribute nothing'],
  [{ filters: { byX: { attribute: 'email' } } }, 'filters.byX.parameter'],
  [{ filters: { byX: { attribute: 'name', parameter: 'x', resource: 'cusX' } } }, 'no resource cusX'],
  [{ readOnly: ['shoeSize'] }, 'settings.readOnly: there is no attribute shoeSize'],
  [{ droppedFields: ['shoeSize'] }, 'settings.droppedFields: there is no attribute shoeSize'],
  [{ dataPolicies: { shoeSize: 'email' } }, 'settings.dataPolicies: there is no attribute shoeSize'],
  [{ customResources: { cusOrder: { fields: { toString: 'string' } } } }, 'not a name for a field'],
  [{ unique: ['cusVip'] }, 'there is no attribute cusVip of type string'],
  [{ baseUrl: 'https://proxy.example/' }, 'without a slash at the end'],
  [{ customResources: { order: { fields: {} } } }, 'custom resources are named cus'],
  [{ customResources: { cusOrder: { fields: { PKey: 'string' } } } }, 'not a name for a field'],
  [{ customResources: { cusOrder: { key: 'number', fields: {} } } }, 'number is not a field of type string'],
  [{ customResources: { cusOrder: { fields: { of: { link: 'cusX' } } } } }, 'there is no resource cusX'],
  [{ filters: { loyalty: { attribute: 'email', parameter: 'x' } } }, 'custom filters are named by'],
])('refuses %j and changes nothing', async (change, message) => {
  await using campaign = await campaignUnderTest()
  const before = campaign.campaign.settings()
  const answer = await campaign.control('POST', 'settings', { latencyMs: 1, ...change })
  expect(answer.status).toBe(400)
  expect(answer.json().error).toContain(message)
  expect(campaign.campaign.settings()).toEqual(before)
})

it('adds and removes custom fields by name, and keeps to their types', async () => {
  await using campaign = await campaignUnderTest()
  const post = async (body: unknown) => (await campaign.call('POST', `${ext}/profile`, body)).status
  expect(await post({ cusShoeSize: 42 })).toBe(500)
  await campaign.control('POST', 'settings', {
    customFields: { cusShoeSize: 'integer', cusSince: 'date', cusTier: null },
  })
  expect(await post({ cusShoeSize: 42, cusSince: '2020-01-01', cusCrmId: '1' })).toBe(201)
  expect(await post({ cusShoeSize: 42.5 })).toBe(500)
  expect(await post({ cusTier: 'gold' })).toBe(500)
  expect(campaign.campaign.profiles()).toMatchObject([{ cusShoeSize: 42, cusSince: '2020-01-01' }])
  expect(campaign.campaign.profiles()[0]).not.toHaveProperty('cusTier')
})

it('delays every answer by latencyMs', async () => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time })
  await campaign.control('POST', 'settings', { latencyMs: 100 })
  let done = false
  const answer = campaign.call('POST', `${ext}/profile`, {}).finally(() => {
    done = true
  })
  await time.sleeping(1)
  time.advance(99)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(done).toBe(false)
  time.advance(1)
  expect((await answer).status).toBe(201)
})

it('wraps a single record in content with wrapSingle, and nothing else', async () => {
  await using campaign = await campaignUnderTest({ settings: { wrapSingle: true } })
  campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  expect((await campaign.call('GET', `${ext}/profile/1`)).json()).toEqual({
    content: [expect.objectContaining({ cusCrmId: '1' })],
  })
  expect((await campaign.call('PATCH', `${ext}/profile/1`, {})).json()).toHaveProperty('PKey')
})

it('names a record by a new PKey in each answer with unstablePKeys, and older ones still resolve', async () => {
  await using campaign = await campaignUnderTest({ settings: { unstablePKeys: true } })
  campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  const read = async (key: string) => (await campaign.call('GET', `${ext}/profile/${key}`)).json()
  const first = await read('1')
  const second = await read('1')
  const patched = (await campaign.call('PATCH', `${ext}/profile/${first.PKey}`, { phone: '1' })).json()
  expect(new Set([first.PKey, second.PKey, patched.PKey]).size).toBe(3)
  expect(patched.href).toContain(patched.PKey)
  for (const { PKey } of [first, second, patched]) expect((await read(PKey)).phone).toBe('1')
})

it('names a record by the same PKey in each answer otherwise', async () => {
  await using campaign = await campaignUnderTest()
  const [planted] = campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  expect((await campaign.call('GET', `${ext}/profile/1`)).json().PKey).toBe(planted?.['PKey'])
})

it('rewrites names with smartCase, and only names, and only what is written', async () => {
  await using campaign = await campaignUnderTest({ settings: { rewrite: 'smartCase' } })
  campaign.campaign.addProfiles([{ cusCrmId: '1', firstName: 'amy' }])
  await campaign.call('PATCH', `${ext}/profile/1`, { lastName: "o'NEIL-dakota élan", salutation: 'mrs' })
  expect(campaign.campaign.profiles()[0]).toMatchObject({
    firstName: 'amy',
    lastName: "O'Neil-Dakota Élan",
    salutation: 'mrs',
  })
})

it('has each setting in its README, with the default', async () => {
  const readme = await readFile(new URL('../../infra/local/campaign/README.md', import.meta.url), 'utf8')
  for (const [name, value] of Object.entries(defaultSettings)) {
    const [, shown = ''] = new RegExp(`^\\| \`${name}\` \\| (.+?) \\|`, 'm').exec(readme) ?? []
    expect(shown, name).not.toBe('')
    const isPlain = typeof value !== 'object' || value === null || Array.isArray(value)
    if (isPlain)
      expect(shown.replaceAll('`', ''), name).toBe(
        Array.isArray(value) ? JSON.stringify(value) : String(value),
      )
  }
})
