// What lies in the three secrets.
import * as z from 'zod'

const token = z.string().min(1)

const clientSchema = z.object({
  organization: token,
  clientId: token,
  clientSecret: token,
  scopes: token.optional(),
})
const readySchema = z.object({ organization: token, apiKey: token, accessToken: token })
const campaignSchema = z.union([clientSchema, readySchema])

/** OAuth server-to-server credentials, or a token somebody else renews. */
export type CampaignCredentials = z.infer<typeof campaignSchema>

const sourcesSchema = z.record(z.string(), z.array(token))

const pseudonymSchema = z.string().min(32)

/** Source name to its secrets, the current one and, during a rotation, others. */
export type SourceSecrets = z.infer<typeof sourcesSchema>

/** Throws where the text is not `{"organization","clientId","clientSecret"}` or `{"organization","apiKey","accessToken"}`. */
export const parseCampaignCredentials = (text: string): CampaignCredentials =>
  campaignSchema.parse(JSON.parse(text))

/** Throws where the text is not `{"<source>":["<secret>",…]}`. */
export const parseSourceSecrets = (text: string): SourceSecrets => sourcesSchema.parse(JSON.parse(text))

/** The stack's own key: any text of at least 32 characters. */
export const parsePseudonymKey = (text: string): string => pseudonymSchema.parse(text)
