import { expect, it } from 'vitest'
import { campaignUnderTest, ext, pathOf, plain } from './campaign-under-test.ts'

type Running = Awaited<ReturnType<typeof campaignUnderTest>>
const create = async (campaign: Running, body: unknown) =>
  (await campaign.call('POST', `${plain}/service/`, body)).json()

it('creates a service with defaults', async () => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.call('POST', `${plain}/service/`, {
    label: 'My newsletter',
    messageType: 'email',
    name: 'email_newsletter',
    start: '2019-10-06',
  })
  expect(answer.status).toBe(201)
  expect(answer.json()).toMatchObject({
    builtIn: false,
    desc: '',
    end: '',
    href: `${campaign.url}${plain}/service/${answer.json().PKey}`,
    label: 'My newsletter',
    limitedDuration: false,
    messageType: 'email',
    mode: 'newsletter',
    name: 'email_newsletter',
    start: '2019-10-06',
    subScenarioEventType: 'subscriptionEvent',
    subscriptions: { href: expect.stringMatching(/\/service\/@[\w-]+\/subscriptions\/$/) },
    targetResource: 'profile',
    title: 'My newsletter (email_newsletter)',
  })
})

it('reads and patches by name, and refuses to change the name through it', async () => {
  await using campaign = await campaignUnderTest()
  const service = await create(campaign, { name: 'SVC3', label: 'Sport' })
  await create(campaign, { name: 'SVC4' })
  const patch = (key: string, body: unknown) => campaign.call('PATCH', `${plain}/service/${key}`, body)
  expect((await patch('SVC3', { label: 'Sports' })).json().PKey).toBe(service.PKey)
  expect((await campaign.call('GET', `${plain}/service/SVC3`)).json().label).toBe('Sports')
  const changed = await patch('SVC3', { name: 'SVC5' })
  expect([changed.status, changed.text]).toEqual([
    500,
    'RST-360011 An error has occurred - please contact your administrator.\n' +
      "RST-360012 Inconsistent operation on resource 'service' – Cannot update key 'SVC3' to 'SVC5'.",
  ])
  const taken = await patch(service.PKey, { name: 'SVC4' })
  expect([taken.status, taken.text]).toEqual([
    500,
    "A 'Service' with the same key 'SVC4' already exists.\n" +
      'PGS-220000 PostgreSQL error: ERROR:  duplicate key value violates unique constraint "nmsservice_name" DETAIL:  Key (sname)=(SVC4) already exists.',
  ])
})

it('finds services by channel, by text, and by both', async () => {
  await using campaign = await campaignUnderTest()
  await create(campaign, { name: 'SVC1', label: 'sport' })
  await create(campaign, { name: 'SVC2', label: 'sport', messageType: 'sms' })
  await create(campaign, { name: 'SVC3', label: 'art' })
  const found = async (path: string) =>
    (await campaign.call('GET', `${plain}/service/${path}`))
      .json()
      .content.map(({ name }: { name: string }) => name)
  expect(await found('byChannel?channel=email')).toEqual(['SVC1', 'SVC3'])
  expect(await found('byText?text=sp')).toEqual(['SVC1', 'SVC2'])
  expect(await found('byChannel/byText?channel=email&text=sport')).toEqual(['SVC1'])
  expect((await campaign.call('GET', `${plain}/service/name?_order=label`)).json().content).toEqual([
    'SVC3',
    'SVC1',
    'SVC2',
  ])
})

it('names a service by its name in a subscription, and finds its subscribers', async () => {
  await using campaign = await campaignUnderTest()
  await create(campaign, { name: 'SVC1' })
  const [amy] = campaign.campaign.addProfiles([{ cusCrmId: '1' }, { cusCrmId: '2' }])
  const href = `${ext}/profile/1/subscriptions`
  expect((await campaign.call('POST', href, { service: { PKey: 'SVC1' } })).status).toBe(201)
  const unknown = await campaign.call('POST', href, { service: { PKey: 'adobe_nl' } })
  expect([unknown.status, unknown.text]).toEqual([
    404,
    'RST-360011 An error has occurred - please contact your administrator.\n' +
      "Unable to find document with path 'Service' from key 'adobe_nl' (document with schema 'service' and name 'adobe_nl')",
  ])
  const found = (await campaign.call('GET', `${plain}/profile/subscribers?service=SVC1`)).json().content
  expect(found.map(({ PKey }: { PKey: string }) => PKey)).toEqual([amy?.['PKey']])
})

it('refuses a second subscription, one without a link, and one that is not of the record', async () => {
  await using campaign = await campaignUnderTest()
  const { PKey } = await create(campaign, { name: 'SVC1' })
  campaign.campaign.addProfiles([{ cusCrmId: '1' }, { cusCrmId: '2' }])
  const post = (body: unknown) => campaign.call('POST', `${ext}/profile/1/subscriptions`, body)
  const { href } = (await post({ service: { PKey } })).json()
  expect((await campaign.call('GET', pathOf(href))).json().serviceName).toBe('SVC1')
  for (const body of [{ service: { PKey } }, {}, { service: { name: 'SVC1' } }, { subscriber: { PKey } }]) {
    expect((await post(body)).status).toBe(500)
  }
  const key = href.split('/').at(-1)
  expect((await campaign.call('DELETE', `${ext}/profile/2/subscriptions/${key}`)).status).toBe(404)
  expect((await campaign.call('DELETE', `${ext}/profile/1/subscriptions/@x`)).status).toBe(500)
  expect((await campaign.call('GET', `${ext}/profile/1/subscriptions/_count`)).json()).toEqual({ count: 1 })
})

it('pages subscriptions, and ends them with their profile', async () => {
  await using campaign = await campaignUnderTest()
  const { PKey, subscriptions } = await create(campaign, { name: 'SVC1' })
  campaign.campaign.addProfiles(['1', '2', '3'].map((cusCrmId) => ({ cusCrmId })))
  for (const key of ['1', '2', '3']) {
    await campaign.call('POST', `${ext}/profile/${key}/subscriptions`, { service: { PKey } })
  }
  const first = (await campaign.call('GET', `${pathOf(subscriptions.href)}?_lineCount=2`)).json()
  expect(first.content).toHaveLength(2)
  expect((await campaign.call('GET', pathOf(first.next.href))).json().content).toHaveLength(1)
  expect((await campaign.call('GET', pathOf(first.count.href))).json()).toEqual({ count: 3 })
  await campaign.call('DELETE', `${ext}/profile/2`)
  expect((await campaign.call('GET', pathOf(subscriptions.href))).json().count.value).toBe(2)
  await campaign.control('POST', 'reset')
  const headers = campaign.headersOf((await campaign.askToken()).json().access_token)
  expect((await campaign.send('GET', `${plain}/service`, { headers })).json().content).toEqual([])
})
