// `npm run campaign`: the emulator alone.
import { realTime } from '../../../functions/runtime/time.ts'
import { readPort } from '../command/ports.ts'
import { endRefused, Refusal } from '../command/refusal.ts'
import local from '../credentials.json' with { type: 'json' }
import { ControlRefusal } from './control-refusal.ts'
import { type CampaignServer, startCampaign } from './server.ts'
import { readDialect } from './settings.ts'

const { organization, clientId, clientSecret, scopes } = local.campaign

const start = async (): Promise<{ readonly server: CampaignServer; readonly dialect: string }> => {
  const port = readPort(process.env, 'CAMPAIGN_PORT')
  try {
    const dialect = readDialect(process.env['CAMPAIGN_DIALECT'] || 'standard')
    const settings = { dialect }
    const server = await startCampaign({ port, credentials: local.campaign, time: realTime, settings })
    return { server, dialect }
  } catch (error) {
    if (error instanceof ControlRefusal) throw new Refusal(error.message)
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    throw new Refusal(`port ${port} is in use: stop what listens there or set CAMPAIGN_PORT`)
  }
}

const { server, dialect } = await start().catch(endRefused)

// In an order in which they can be copied one after the other.
process.stdout.write(`Adobe Campaign (${dialect}, emulated) listens on ${server.url}

A profile to start with:
  curl -s ${server.url}/_emulator/profiles -d '[{"email":"amy.dakota@mail.com","cusCrmId":"1"}]'

A token:
  TOKEN=$(curl -s ${server.url}/ims/token/v3 -d grant_type=client_credentials -d client_id=${clientId} \\
    -d client_secret=${clientSecret} -d scope=${scopes} | sed 's/.*"access_token":"\\([^"]*\\).*/\\1/')

A first call:
  curl -s ${server.url}/${organization}/campaign/profileAndServicesExt/profile \\
    -H 'X-Api-Key: ${clientId}' -H "Authorization: Bearer $TOKEN"
`)

const end = () => void server.close().finally(() => process.exit(0))
process.once('SIGINT', end)
process.once('SIGTERM', end)
