// Adobe's own client of the REST API, pointed at a running emulator. It is CommonJS, untyped, and has no option for the
// host: the server address stands in its OpenAPI file, which is shared by the whole process.
import { createRequire } from 'node:module'
import { type campaignUnderTest, credentials } from '../campaign/campaign-under-test.ts'

export type AdobeAnswer = {
  ok: boolean
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are asserted, not typed
  body: any
}
type Ask<Given extends unknown[]> = (...given: Given) => Promise<AdobeAnswer>
type Body = Record<string, unknown>

export type AdobeClient = {
  getAllProfiles: Ask<[parameters?: Body]>
  createProfile: Ask<[profile: unknown]>
  getProfile: Ask<[key: string]>
  updateProfile: Ask<[key: string, profile: unknown]>
  getAllServices: Ask<[parameters?: Body]>
  createService: Ask<[service: Body]>
  getService: Ask<[key: string]>
  getHistoryOfProfile: Ask<[key: string]>
  getMetadataForResource: Ask<[resource: string]>
  getMetadataForResourceExt: Ask<[resource: string]>
  getCustomResources: Ask<[]>
  getAllOrgUnits: Ask<[parameters?: Body]>
  getProfileWithOrgUnit: Ask<[key: string]>
  updateProfileOrgUnit: Ask<[key: string, unit: string]>
  updateOrgUnit: Ask<[key: string, unit: Body]>
  getAllBasicCustomResources: Ask<[resource: string]>
  getAllProfileAndServicesExt: Ask<[resource: string, parameters?: Body]>
  createCustomResource: Ask<[resource: string, record: Body]>
  updateCustomResource: Ask<[resource: string, key: string, record: unknown]>
  deleteCustomResource: Ask<[resource: string, key: string]>
  getDataFromRelativeUrl: Ask<[url: string]>
  /** A fetch response: what it posts to is an absolute URL. */
  postDataToUrl: (url: string, body: unknown) => Promise<Response>
}

type Ims = {
  endpoint: string
  getAccessTokenByClientCredentials: (
    clientId: string,
    clientSecret: string,
    organization: string,
    scopes: string[],
  ) => Promise<{ access_token: { token: string; expiry: number } }>
}

const require = createRequire(import.meta.url)
const openApi: { servers: { url: string }[] } = require('@adobe/aio-lib-campaign-standard/spec/api.json')
const library: {
  init: (organization: string, apiKey: string, token: string) => Promise<AdobeClient>
} = require('@adobe/aio-lib-campaign-standard')
const imsLibrary: { Ims: new (environment: string) => Ims } = require('@adobe/aio-lib-ims')

type Running = Awaited<ReturnType<typeof campaignUnderTest>>

const imsOf = (campaign: Running): Ims => {
  const ims = new imsLibrary.Ims('prod')
  ims.endpoint = campaign.url
  return ims
}

export const tokenOf = async (campaign: Running, clientSecret = credentials.clientSecret) =>
  (
    await imsOf(campaign).getAccessTokenByClientCredentials(
      credentials.clientId,
      clientSecret,
      'acme@AdobeOrg',
      ['openid', 'campaign_sdk'],
    )
  ).access_token

/** With a token of @adobe/aio-lib-ims unless another is given. */
export const adobeClient = async (
  campaign: Running,
  given: { organization?: string; key?: string; token?: string } = {},
) => {
  openApi.servers[0]!.url = `${campaign.url}/{ORGANIZATION}/campaign`
  const token = given.token ?? (await tokenOf(campaign)).token
  return await library.init(
    given.organization ?? credentials.organization,
    given.key ?? credentials.clientId,
    token,
  )
}
