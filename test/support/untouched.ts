// Whether something left no trace: all that can be written to, as it stands.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { BUDGET } from '../../functions/deliver/ledger/item.ts'
import type { StandIns } from '../../infra/local/aws/stand-ins.ts'
import type { Campaign } from '../../infra/local/campaign/campaign.ts'
import type { Delivery } from './delivery.ts'

/** What answers every item of the ledger's table that is about a profile. */
const ledgerReader = (standIns: StandIns) => {
  const { dynamodb } = standIns.clients()
  return async (): Promise<readonly unknown[]> => {
    const table = standIns.environment['LEDGER_TABLE']
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: table }))
    // What paces calls says nothing about anybody.
    return Items.filter(({ identity }) => identity?.S !== BUDGET)
  }
}

/** Answers Campaign's profiles, the ledger and what lies in each queue: equal twice where nothing was written between. */
export const watchAll = ({ campaign, standIns }: Pick<Delivery, 'campaign' | 'standIns'>) => {
  const ledgerItems = ledgerReader(standIns)
  return async () => ({
    profiles: campaign.profiles(),
    ledger: await ledgerItems(),
    queues: await standIns.queueCounts(),
  })
}

/** The methods that were used on Campaign's API from the request at place `from` on, each once; IMS left out. */
export const methodsSince = (campaign: Campaign, from: number): readonly string[] => {
  const asked = campaign.requests().slice(from)
  return [...new Set(asked.filter(({ path }) => !path.startsWith('/ims/')).map(({ method }) => method))]
}
