import { expect, it } from 'vitest'
import { campaignUnderTest, ext, pathOf, plain } from './campaign-under-test.ts'

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    email: `p${index}@mail.com`,
    cusTier: index % 2 ? 'odd' : 'even',
  }))

it('answers an empty list with no next and the count', async () => {
  await using campaign = await campaignUnderTest()
  const list = (await campaign.call('GET', `${plain}/profile`)).json()
  expect(list).toEqual({
    content: [],
    count: { href: expect.stringContaining(`${campaign.url}${plain}/profile/_count?_lineStart=@`), value: 0 },
    serverSidePagination: true,
  })
})

it('gives 25 by default, then what next leads to, and no next on the last page', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles(people(60))
  const emails: string[] = []
  const sizes: number[] = []
  let href: string | undefined = `${ext}/profile`
  while (href) {
    const page = (await campaign.call('GET', pathOf(href))).json()
    emails.push(...page.content.map(({ email }: { email: string }) => email))
    sizes.push(page.content.length)
    href = page.next?.href
    if (href) expect(href).toMatch(/_lineStart=@[\w-]+$/)
  }
  expect(sizes).toEqual([25, 25, 10])
  expect(emails).toEqual(people(60).map(({ email }) => email))
})

it('has no next when the last page is full', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles(people(25))
  expect((await campaign.call('GET', `${ext}/profile`)).json()).not.toHaveProperty('next')
})

it('keeps the parameters in next and count, and counts the whole collection', async () => {
  await using campaign = await campaignUnderTest({
    settings: { filters: { byTier: { attribute: 'cusTier', parameter: 'tier_parameter' } } },
  })
  campaign.campaign.addProfiles(people(11))
  const path = `${ext}/profile/byTier?tier_parameter=even&_lineCount=4`
  const first = (await campaign.call('GET', path)).json()
  expect(first.content).toHaveLength(4)
  expect(first.count).not.toHaveProperty('value')
  const second = (await campaign.call('GET', pathOf(first.next.href))).json()
  expect(second.content.map(({ email }: { email: string }) => email)).toEqual(['p8@mail.com', 'p10@mail.com'])
  expect((await campaign.call('GET', pathOf(second.count.href))).json()).toEqual({ count: 6 })
  expect((await campaign.call('GET', `${ext}/profile/_count`)).json()).toEqual({ count: 11 })
})

it('gives no next above bigTableThreshold unless _forcePagination=true', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'settings', { bigTableThreshold: 2 })
  campaign.campaign.addProfiles(people(3))
  const short = (await campaign.call('GET', `${ext}/profile?_lineCount=1`)).json()
  expect(short.content).toHaveLength(1)
  expect(short).not.toHaveProperty('next')
  const forced = (await campaign.call('GET', `${ext}/profile?_lineCount=1&_forcePagination=true`)).json()
  expect(forced.next.href).toContain('_forcePagination=true')
  const second = (await campaign.call('GET', pathOf(forced.next.href))).json()
  expect(second.content[0].email).toBe('p1@mail.com')
  expect(second).toHaveProperty('next')
})

it.each(['_lineCount=0', '_lineCount=many', '_lineStart=@x'])('refuses %s', async (query) => {
  await using campaign = await campaignUnderTest()
  expect((await campaign.call('GET', `${ext}/profile?${query}`)).status).toBe(500)
})

it('projects the collection to one attribute, pages included', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles(people(3))
  const page = (await campaign.call('GET', `${plain}/profile/email?_lineCount=2`)).json()
  expect(page.content).toEqual(['p0@mail.com', 'p1@mail.com'])
  const rest = (await campaign.call('GET', pathOf(page.next.href))).json()
  expect(rest.content).toEqual(['p2@mail.com'])
})

it('leaves deleted profiles out of lists and counts', async () => {
  await using campaign = await campaignUnderTest()
  const [, second] = campaign.campaign.addProfiles(people(3))
  await campaign.call('DELETE', `${ext}/profile/${second?.['PKey']}`)
  const list = (await campaign.call('GET', `${ext}/profile/email`)).json()
  expect(list.content).toEqual(['p0@mail.com', 'p2@mail.com'])
  expect((await campaign.call('GET', `${ext}/profile/_count`)).json()).toEqual({ count: 2 })
})
