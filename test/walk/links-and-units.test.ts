// Links and organizational units that mappings.ts declares, from the sender to the profile on the local stack.
import { expect, it } from 'vitest'
import { startLocalStack } from '../../infra/local/stack.ts'
import { trackRequests } from '../support/contract.ts'
import { mappings } from '../support/mappings.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { post } from '../support/sender.ts'
import { directChange } from '../support/sent-events.ts'

it('creates a profile in its unit and follows a link that leads somewhere, on a Campaign extended to match', async () => {
  const attributes = { ...mappings.attributes, cusFavouriteStore: { type: 'link' } } as const
  await using stack = await startLocalStack({
    mappings: { ...mappings, attributes, orgUnit: 'All' },
    port: 0,
    campaignPort: 0,
    log: recordedLog(),
  })
  const { campaign } = stack.campaign
  trackRequests(campaign)
  const send = async (change: object) => {
    const body = directChange({ match: { cusCrmId: '7' }, ...change })
    return (await post(stack.gateway.url, 'direct', { body, headers: { prefer: 'wait=10' } })).body.results
  }
  expect(await send({ action: 'upsert', set: { phone: '1' } })).toMatchObject([{ outcome: 'created' }])
  expect(campaign.profiles()).toMatchObject([
    { cusCrmId: '7', cusFavouriteStore: null, orgUnit: { title: 'All (all)' } },
  ])
  const [result] = await send({ set: { cusFavouriteStore: { PKey: '@nowhere' } } })
  expect(result).toMatchObject({ outcome: 'parked', code: 'value-refused' })
})
