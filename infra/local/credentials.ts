// The fixed credentials of the local stack: the same for everyone, good for nothing else.
import * as z from 'zod'
import credentials from './credentials.json' with { type: 'json' }

const sourcesSchema = z.record(z.string(), z.array(z.string()).min(1))

/** The two secrets exactly as they lie in Secrets Manager. */
export const localCredentials = {
  campaign: credentials.campaign,
  sources: sourcesSchema.parse(credentials.sources),
}
