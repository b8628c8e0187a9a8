// Collections: pages, counts, projections, order, filters.
import { expect } from 'vitest'
import { ext, pathOf, plain } from '../campaign-under-test.ts'
import { behaviour } from './behaviour.ts'

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ email: `p${index}@mail.com` }))
const emailsOf = (list: { content: { email: string }[] }) => list.content.map(({ email }) => email)

export const showCollections = (): void => {
  behaviour(15, 'lists 25 a page, with next, count and serverSidePagination', async ({ campaign }) => {
    campaign.campaign.addProfiles(people(26))
    const first = (await campaign.call('GET', `${plain}/profile`)).json()
    expect([first.content.length, first.serverSidePagination, 'value' in first.count]).toEqual([
      25,
      true,
      false,
    ])
    expect(first.next.href).toMatch(/\?_lineStart=@[\w-]+$/)
    const second = (await campaign.call('GET', pathOf(first.next.href))).json()
    expect([emailsOf(second), 'next' in second]).toEqual([['p25@mail.com'], false])
    const whole = (await campaign.call('GET', `${plain}/profile?_lineCount=26`)).json()
    expect([whole.content.length, whole.count.value, 'next' in whole]).toEqual([26, 26, false])
  })

  behaviour(16, 'gives no next above the threshold unless it is forced', async ({ campaign }) => {
    campaign.campaign.addProfiles(people(3))
    expect(campaign.campaign.settings().bigTableThreshold).toBe(100_000)
    await campaign.control('POST', 'settings', { bigTableThreshold: 2 })
    const list = async (query: string) =>
      (await campaign.call('GET', `${plain}/profile?_lineCount=1${query}`)).json()
    expect(await list('')).not.toHaveProperty('next')
    expect((await list('&_forcePagination=true')).next.href).toContain('_forcePagination=true')
  })

  behaviour(17, 'counts the same filter at _count', async ({ campaign }) => {
    campaign.campaign.addProfiles([...people(2), { email: 'p1@mail.com' }])
    const list = (await campaign.call('GET', `${plain}/profile/byEmail?email=p1@mail.com`)).json()
    expect((await campaign.call('GET', pathOf(list.count.href))).json()).toEqual({ count: 2 })
    expect((await campaign.call('GET', `${plain}/profile//_count`)).json()).toEqual({ count: 3 })
  })

  behaviour(18, 'projects to one attribute and orders both ways', async ({ campaign, isV8 }) => {
    campaign.campaign.addProfiles(
      ['b', 'c', 'a', 'd'].map((name) => ({ email: `${name}@mail.com`, firstName: name })),
    )
    const list = async (query: string) =>
      (await campaign.call('GET', `${plain}/profile/firstName${query}`)).json()
    expect((await list('')).content).toEqual(['b', 'c', 'a', 'd'])
    expect((await list('?_order=email')).content).toEqual(['a', 'b', 'c', 'd'])
    const page = await list('?_order=email%20desc&_lineCount=3')
    expect(page.content).toEqual(['d', 'c', 'b'])
    expect((await campaign.call('GET', pathOf(page.next.href))).json().content).toEqual(['a'])
    expect('count' in page).toBe(isV8)
    expect((await campaign.call('GET', `${plain}/profile?_order=age`)).status).toBe(500)
  })

  behaviour(19, 'filters: stock, custom, chained, with %2F between them', async ({ campaign, say }) => {
    await campaign.control('POST', 'settings', {
      filters: { byTier: { attribute: 'cusTier', parameter: 'tier_parameter' } },
    })
    campaign.campaign.addProfiles([
      { email: 'doe@mail.com', lastName: 'Smith', cusTier: 'gold' },
      { email: 'amy@mail.com', lastName: 'Doe', cusTier: 'gold' },
      { email: 'doe@mail.com', lastName: 'Doerr', cusTier: 'tin' },
    ])
    const found = async (path: string) =>
      (await campaign.call('GET', `${ext}/profile/${path}`))
        .json()
        .content.map(({ lastName }: { lastName: string }) => lastName)
    const tier = say({ standard: 'byTier', v8: 'Tier' })
    expect(await found('byEmail?email=doe@mail.com')).toEqual(['Smith', 'Doerr'])
    expect(await found('byKeysProfile?email=amy@mail.com')).toEqual(['Doe'])
    expect(await found('byText?text=Doe')).toEqual(['Doe', 'Doerr'])
    expect(await found('byText?text=doe')).toEqual(['Smith', 'Doerr'])
    expect(await found('byText?text=Doe&filterType=lastName')).toEqual(['Doe', 'Doerr'])
    expect(await found('byText?text=doe&filterType=lastName')).toEqual([])
    expect(await found('byText?text=oe&filterType=lastName')).toEqual([])
    expect(await found('byText?text=doe%40mail.com&filterType=email')).toEqual(['Smith', 'Doerr'])
    expect(await found('byText?cusTier=go&filterType=Tier')).toEqual(['Smith', 'Doe'])
    expect(await found(`${tier}?tier_parameter=gold`)).toEqual(['Smith', 'Doe'])
    expect(await found(`${tier}/byEmail?tier_parameter=gold&email=doe@mail.com`)).toEqual(['Smith'])
    expect(await found('byText%2FbyEmail?text=Doe&email=amy@mail.com')).toEqual(['Doe'])
    const other = say({ standard: 'Tier', v8: 'byTier' })
    expect((await campaign.call('GET', `${ext}/profile/${other}?tier_parameter=gold`)).status).toBe(404)
  })
}
