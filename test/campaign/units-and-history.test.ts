import { expect, it } from 'vitest'
import { campaignUnderTest, ext, pathOf, plain } from './campaign-under-test.ts'

it.each(['orgUnitBase', 'geoUnitBase'])(
  'lists, reads and updates %s, and neither creates nor deletes',
  async (name) => {
    await using campaign = await campaignUnderTest()
    const { content, count } = (await campaign.call('GET', `${ext}/${name}/`)).json()
    expect([content.length, count.value]).toEqual([1, 1])
    const [unit] = content
    expect(unit).toMatchObject({ label: 'All', name: 'all', desc: '', parentTitle: '', title: 'All (all)' })
    const path = pathOf(unit.href)
    expect((await campaign.call('PATCH', path, { label: 'Asia', name: 'asia' })).status).toBe(200)
    expect((await campaign.call('GET', path)).json().title).toBe('Asia (asia)')
    expect((await campaign.call('GET', `${ext}/${name}/byText?text=As`)).json().content).toHaveLength(1)
    expect((await campaign.call('POST', `${ext}/${name}`, { label: 'Europe' })).status).toBe(404)
    expect((await campaign.call('DELETE', path)).status).toBe(404)
    expect((await campaign.call('GET', `${plain}/${name}`)).status).toBe(404)
    await campaign.control('POST', 'reset')
    const headers = campaign.headersOf((await campaign.askToken()).json().access_token)
    expect((await campaign.send('GET', path, { headers })).json().title).toBe('All (all)')
  },
)

it('has further organizational units where the settings name them, until they no longer do', async () => {
  await using campaign = await campaignUnderTest()
  const units = async () => (await campaign.call('GET', `${ext}/orgUnitBase`)).json().content
  const titles = async () => (await units()).map(({ title }: { title: string }) => title)
  const [rome, nice] = [
    { name: 'rome', label: 'Rome' },
    { name: 'nice', label: 'Nice' },
  ]
  await campaign.control('POST', 'settings', { orgUnits: [rome] })
  const [, { PKey }] = await units()
  await campaign.control('POST', 'settings', { orgUnits: [nice, { ...rome, label: 'Roma' }] })
  expect(await titles()).toEqual(['All (all)', 'Roma (rome)', 'Nice (nice)'])
  expect((await units())[1].PKey).toBe(PKey)
  campaign.campaign.addProfiles([{ cusCrmId: '1', orgUnit: { PKey } }])
  expect(campaign.campaign.profiles()[0]?.['orgUnit']).toMatchObject({ title: 'Roma (rome)' })
  await campaign.control('POST', 'settings', { orgUnits: [] })
  expect(await titles()).toEqual(['All (all)'])
  expect(campaign.campaign.profiles()[0]?.['orgUnit']).toBeNull()
  await campaign.control('POST', 'settings', { orgUnits: [rome] })
  expect((await units())[1].PKey).not.toBe(PKey)
  campaign.campaign.reset()
  const headers = campaign.headersOf((await campaign.askToken()).json().access_token)
  expect((await campaign.send('GET', `${ext}/orgUnitBase`, { headers })).json().content).toHaveLength(1)
})

it('leads from history to its events, of which there are none', async () => {
  await using campaign = await campaignUnderTest()
  const [profile] = campaign.campaign.addProfiles([{ email: 'a@b.c', firstName: 'John' }])
  const history = (await campaign.call('GET', `${plain}/history/${profile?.['PKey']}`)).json()
  expect(history).toMatchObject({
    PKey: profile?.['PKey'],
    firstName: 'John',
    events: { href: expect.stringMatching(/\/history\/@[\w-]+\/events\/$/), metadata: 'subHisto' },
  })
  expect((await campaign.call('GET', pathOf(history.events.href))).json().content).toEqual([])
  expect((await campaign.call('GET', `${plain}/history/byEmail?email=a@b.c`)).json().content).toHaveLength(1)
  expect((await campaign.call('GET', `${plain}/history/@x`)).status).toBe(500)
  expect((await campaign.call('GET', `${plain}/history`)).status).toBe(404)
  expect((await campaign.call('GET', `${plain}/resourceType/history`)).json().name).toBe('history')
})

it('updates and reads the location at an address of its own', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ cusCrmId: '1', location: { city: 'Rome' } }])
  const path = `${ext}/profile/1/location`
  const answer = await campaign.call('PATCH', path, { zipCode: '00100' })
  expect([answer.status, Object.keys(answer.json())]).toEqual([200, ['PKey', 'href']])
  expect((await campaign.call('GET', path)).json()).toMatchObject({ city: 'Rome', zipCode: '00100' })
  const refused = await campaign.call('PATCH', path, { planet: 'Earth' })
  expect(refused.text).toBe("'planet' property is not valid for the 'profile' resource.")
})
