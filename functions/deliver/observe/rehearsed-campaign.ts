// Campaign as one piece of work would leave it: every write is prepared to the last and not sent, and read back as if it were.
import * as z from 'zod'
import type { Address, Campaign } from '../campaign/campaign.ts'
import { CampaignError } from '../campaign/campaign-error.ts'
import type { ProfileRecord } from '../campaign/record.ts'

type Body = Readonly<Record<string, unknown>>

export const rehearsedCampaign = (campaign: Campaign): Campaign => {
  const patched = new Map<string, Body>()
  const created = new Map<string, ProfileRecord>()
  const removed = new Set<string>()

  const read: Campaign['read'] = async (address, call) => {
    if ('PKey' in address && removed.has(address.PKey))
      throw new CampaignError('the record would be gone', { kind: 'not-found' })
    const made = 'PKey' in address ? created.get(address.PKey) : undefined
    const record = made ?? (await campaign.read(address, call))
    return { ...over(record, patched.get(nameOf(address))), PKey: record.PKey }
  }

  // Named one by one: what is not named here cannot be asked, and nothing here writes.
  const { find, prepare, prepareNew, begin, isUnit, probe } = campaign
  return {
    ...{ find, prepare, prepareNew, begin, isUnit, probe },
    read,
    patch: async (address, values, call) => {
      const body = bodySchema.parse(JSON.parse(await prepare(values, call)))
      patched.set(nameOf(address), over(patched.get(nameOf(address)) ?? {}, body))
      return {}
    },
    create: async (values, call) => {
      const body = bodySchema.parse(JSON.parse(await prepareNew(values, call)))
      const record = { ...body, PKey: `@rehearsed-${created.size}` }
      created.set(record.PKey, record)
      return record
    },
    remove: async (PKey) => {
      removed.add(PKey)
    },
  }
}

const bodySchema = z.record(z.string(), z.unknown())

const nameOf = (address: Address): string => JSON.stringify(address)

/** What a record holds once a body was written over it; of a nested object only what the body names. */
const over = (record: Body, body: Body = {}): Body => {
  const { location, ...others } = body
  const nested =
    location === undefined ? {} : { location: { ...Object(record['location']), ...Object(location) } }
  return { ...record, ...others, ...nested }
}
