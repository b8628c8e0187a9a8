// Plays a vendor: signs a body as the source's kind demands and posts it.

import { signHeaders } from '../sign.ts'
import type { WebhookSource } from './local-source.ts'

export type Delivery = {
  readonly source: WebhookSource
  /** Where the gateway listens, without a slash at the end; also what the signature says it is. */
  readonly gatewayUrl: string
  readonly body: Buffer
  /** Epoch milliseconds of signing. */
  readonly now: number
}

export type Posted = {
  readonly url: string
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly status: number
  readonly statusText: string
  readonly text: string
}

/** How long our own senders ask to wait for the end; vendors never ask. */
const WAIT_SECONDS = 10

/** The answer, whatever its status. Rejects as `fetch` does where nobody answers. */
export const postSigned = async ({ source, gatewayUrl, body, now }: Delivery): Promise<Posted> => {
  const url = `${gatewayUrl}/webhooks/${source.name}`
  const { scheme, senderReadsAnswer } = source.kind
  const requestHeaders = {
    'content-type': 'application/json',
    ...(senderReadsAnswer && { prefer: `wait=${WAIT_SECONDS}` }),
    ...signHeaders(scheme, source.secret, { method: 'POST', url, body }, now),
  }
  const response = await fetch(url, { method: 'POST', headers: requestHeaders, body: new Uint8Array(body) })
  return {
    url,
    requestHeaders,
    status: response.status,
    statusText: response.statusText,
    text: await response.text(),
  }
}
