// `npm run campaign`: the emulator alone.
import { realTime } from '../../../functions/runtime/time.ts'
import local from '../credentials.json' with { type: 'json' }
import { ControlRefusal } from './control-refusal.ts'
import { startCampaign } from './server.ts'
import { readDialect } from './settings.ts'

const { CAMPAIGN_PORT = '3001', CAMPAIGN_DIALECT = 'standard' } = process.env
const { organization, clientId, clientSecret, scopes } = local.campaign

const isPortInUse = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'

const give = (line: string): never => {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}

const port = /^\d{1,5}$/.test(CAMPAIGN_PORT)
  ? Number(CAMPAIGN_PORT)
  : give(`CAMPAIGN_PORT is not a port: ${CAMPAIGN_PORT}`)

const listen = async () =>
  await startCampaign({
    port,
    credentials: local.campaign,
    time: realTime,
    settings: { dialect: readDialect(CAMPAIGN_DIALECT) },
  })

const server = await listen().catch((error: unknown) => {
  if (isPortInUse(error)) return give(`port ${port} is in use: stop what listens there or set CAMPAIGN_PORT`)
  if (error instanceof ControlRefusal) return give(error.message)
  throw error
})

process.stdout.write(`Adobe Campaign (${CAMPAIGN_DIALECT}, emulated) listens on ${server.url}

A token:
  curl -s ${server.url}/ims/token/v3 -d grant_type=client_credentials -d client_id=${clientId} \\
    -d client_secret=${clientSecret} -d scope=${scopes}

A first call, with the access_token of that answer:
  curl -s ${server.url}/${organization}/campaign/profileAndServicesExt/profile \\
    -H 'X-Api-Key: ${clientId}' -H "Authorization: Bearer $TOKEN"

A profile to start with:
  curl -s ${server.url}/_emulator/profiles -d '[{"email":"amy.dakota@mail.com","cusCrmId":"1"}]'
`)

const end = () => void server.close().finally(() => process.exit(0))
process.once('SIGINT', end)
process.once('SIGTERM', end)
