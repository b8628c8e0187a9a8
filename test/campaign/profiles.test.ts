import { expect, it } from 'vitest'
import { campaignUnderTest, ext, plain } from './campaign-under-test.ts'
import { manualTime } from './manual-time.ts'

it('creates with 201 and the whole profile: defaults, derived attributes, href', async () => {
  await using campaign = await campaignUnderTest({ time: manualTime() })
  const answer = await campaign.call('POST', `${ext}/profile`, {
    email: 'amy.dakota@mail.com',
    firstName: 'Amy',
    lastName: 'Dakota',
    birthDate: '1980-11-23',
    location: { city: 'Turin' },
    cusScore: 7,
  })
  expect(answer.status).toBe(201)
  const profile = answer.json()
  expect(profile).toMatchObject({
    PKey: expect.stringMatching(/^@[A-Za-z0-9_-]{91,134}$/),
    href: `${campaign.url}${ext}/profile/${profile.PKey}`,
    email: 'amy.dakota@mail.com',
    domain: 'mail.com',
    title: 'Amy Dakota (amy.dakota@mail.com)',
    age: 45,
    birthDate: '1980-11-23',
    created: '2026-11-22 10:00:00.000Z',
    lastModified: '2026-11-22 10:00:00.000Z',
    phone: '',
    gender: 'unknown',
    emailFormat: 'unknown',
    preferredLanguage: 'none',
    timeZone: 'none',
    thumbnail: '/nl/img/thumbnails/defaultProfil.png',
    blackListEmail: false,
    blackListEmailLastModified: '',
    isExternal: false,
    location: { city: 'Turin', zipCode: '', countryCode: '' },
    postalAddress: { addrQuality: '0' },
    orgUnit: null,
    geoUnit: null,
    acsId: '',
    cusScore: 7,
    cusCrmId: '',
    cusVip: false,
  })
  expect(campaign.campaign.profiles()).toEqual([profile])
})

it('counts the age from the birthday on', async () => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time })
  campaign.campaign.addProfiles([{ birthDate: '1980-11-23' }, {}])
  time.advance(86_400_000)
  expect(campaign.campaign.profiles().map(({ age }) => age)).toEqual([46, 0])
})

it('shows custom fields and units on profileAndServicesExt only', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ cusTier: 'gold' }])
  const [shown] = (await campaign.call('GET', `${plain}/profile`)).json().content
  const [shownExt] = (await campaign.call('GET', `${ext}/profile`)).json().content
  for (const name of ['cusTier', 'cusCrmId', 'orgUnit', 'geoUnit', 'acsId']) {
    expect(shown).not.toHaveProperty(name)
    expect(shownExt).toHaveProperty(name)
  }
})

it('reads one by PKey, bare and without href', async () => {
  await using campaign = await campaignUnderTest()
  const [profile] = campaign.campaign.addProfiles([{ email: 'a@b.c' }])
  const answer = await campaign.call('GET', `${plain}/profile/${profile?.['PKey']}`)
  expect(answer.status).toBe(200)
  expect(answer.json()).toMatchObject({ PKey: profile?.['PKey'], email: 'a@b.c' })
  expect(answer.json()).not.toHaveProperty('href')
})

it('names the profile by another key inside the href of its subscriptions', async () => {
  await using campaign = await campaignUnderTest()
  const [profile] = campaign.campaign.addProfiles([{ email: 'a@b.c' }])
  const { href } = Object(profile?.['subscriptions'])
  const key = /profile\/(@[^/]+)\/subscriptions\/$/.exec(href)?.[1] ?? ''
  const PKey = String(profile?.['PKey'])
  expect(key).not.toBe(PKey)
  expect(key.slice(0, 65)).toBe(PKey.slice(0, 65))
  expect((await campaign.call('GET', `${plain}/profile/${key}`)).json().email).toBe('a@b.c')
})

it('answers a PATCH with exactly PKey and href, merges, and moves lastModified on', async () => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time })
  const [profile] = campaign.campaign.addProfiles([
    { email: 'a@b.c', phone: '1', location: { city: 'Rome' } },
  ])
  time.advance(1500)
  const answer = await campaign.call('PATCH', `${plain}/profile/${profile?.['PKey']}`, {
    phone: '2',
    location: { zipCode: '10121' },
  })
  expect(answer.status).toBe(200)
  expect(answer.json()).toEqual({
    PKey: profile?.['PKey'],
    href: `${campaign.url}${plain}/profile/${profile?.['PKey']}`,
  })
  expect(campaign.campaign.profiles()[0]).toEqual({
    ...profile,
    phone: '2',
    location: { ...Object(profile?.['location']), zipCode: '10121' },
    lastModified: '2026-11-22 10:00:01.500Z',
  })
})

it.each(['{}', ''])('answers 200 to a PATCH of %j and writes nothing', async (body) => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time })
  const [profile] = campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  time.advance(1)
  expect((await campaign.call('PATCH', `${ext}/profile/1`, body)).status).toBe(200)
  expect(campaign.campaign.profiles()).toEqual([profile])
})

it('accepts a JSON body whatever its Content-Type', async () => {
  await using campaign = await campaignUnderTest()
  const headers = { ...campaign.headers, 'content-type': 'text/plain;charset=UTF-8' }
  await campaign.send('POST', `${ext}/profile`, { headers, body: { phone: '5' } })
  expect(campaign.campaign.profiles()[0]?.['phone']).toBe('5')
})

it('clears by the empty text and by null', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([
    {
      cusCrmId: '1',
      phone: '1',
      birthDate: '2000-01-01',
      gender: 'male',
      cusScore: 3,
      location: { city: 'Rome' },
    },
  ])
  const answer = await campaign.call('PATCH', `${ext}/profile/1`, {
    phone: '',
    birthDate: '',
    gender: null,
    cusScore: null,
    location: { city: null },
  })
  expect(answer.status).toBe(200)
  expect(campaign.campaign.profiles()[0]).toMatchObject({
    phone: '',
    birthDate: '',
    gender: 'unknown',
    cusScore: 0,
    location: { city: '' },
  })
})

it('deletes with 200 by PKey and by business key, with or without a body', async () => {
  await using campaign = await campaignUnderTest()
  const [first] = campaign.campaign.addProfiles([{ email: 'a@b.c' }, { cusCrmId: '2' }])
  const path = `${plain}/profile/${first?.['PKey']}`
  expect((await campaign.call('DELETE', path)).status).toBe(200)
  expect((await campaign.call('DELETE', `${ext}/profile/2`, {})).status).toBe(200)
  expect(campaign.campaign.profiles()).toEqual([])
  const again = await campaign.call('DELETE', path)
  expect(again.status).toBe(404)
  expect(again.text).toContain('Unable to find document')
  expect((await campaign.call('GET', `${plain}/profile/byEmail?email=a@b.c`)).json().content).toEqual([])
})

it('gives another emulator’s PKeys no meaning', async () => {
  await using campaign = await campaignUnderTest()
  await using other = await campaignUnderTest()
  const [profile] = campaign.campaign.addProfiles([{}])
  other.campaign.addProfiles([{}])
  expect((await other.call('GET', `${plain}/profile/${profile?.['PKey']}`)).status).toBe(500)
})

it('stamps a consent flag when it changes, and only then', async () => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time })
  campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  const patch = (body: unknown) => campaign.call('PATCH', `${ext}/profile/1`, body)
  await patch({ blackListEmail: false, phone: '1' })
  expect(campaign.campaign.profiles()[0]?.['blackListEmailLastModified']).toBe('')
  time.advance(1000)
  await patch({ blackListEmail: true, blackList: true, ccpaOptOut: true })
  const stamp = '2026-11-22 10:00:01.000Z'
  expect(campaign.campaign.profiles()[0]).toMatchObject({
    blackListEmailLastModified: stamp,
    blackListLastModified: stamp,
    blackListAllLastModified: stamp,
    ccpaOptOutLastModified: stamp,
    blackListMobileLastModified: '',
  })
  time.advance(1000)
  await patch({ blackListEmail: true })
  expect(campaign.campaign.profiles()[0]?.['blackListEmailLastModified']).toBe(stamp)
  await patch({ blackListEmail: false })
  expect(campaign.campaign.profiles()[0]?.['blackListEmailLastModified']).toBe('2026-11-22 10:00:02.000Z')
})

it('links the organizational unit All by PKey and unlinks it', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  const [unit] = (await campaign.call('GET', `${ext}/orgUnitBase/`)).json().content
  expect(unit).toMatchObject({ label: 'All', name: 'all', title: 'All (all)' })
  const patch = (orgUnit: unknown) => campaign.call('PATCH', `${ext}/profile/1`, { orgUnit })
  expect((await patch({ PKey: unit.PKey })).status).toBe(200)
  const { PKey, href, title } = unit
  expect(campaign.campaign.profiles()[0]?.['orgUnit']).toEqual({ PKey, href, title })
  const one = await campaign.call('GET', `${ext}/orgUnitBase/${PKey}`)
  expect(one.json()).toMatchObject({ PKey, label: 'All' })
  expect((await patch({ title: 'other' })).status).toBe(200)
  expect(campaign.campaign.profiles()[0]?.['orgUnit']).toEqual({ PKey, href, title })
  expect((await patch({ PKey: '@other' })).status).toBe(500)
  expect((await patch(null)).status).toBe(200)
  expect(campaign.campaign.profiles()[0]?.['orgUnit']).toBeNull()
})
