// Our own documented format, for whoever can write JSON: {"id", "occurredAt", "match", "set"}, one or up to a hundred.
// Signed with Standard Webhooks (standard-webhooks spec, "Signature scheme").
import { readChangeBody } from '../read/change-body.ts'
import type { Problem } from '../read/problem.ts'
import type { Kind } from '../source.ts'

const MOST_CHANGES = 100

const count = (detail: string): { refused: [Problem] } => ({
  refused: [{ code: 'invalid', detail, pointer: '' }],
})

export const kind: Kind = {
  scheme: {
    signed: [{ header: 'webhook-id' }, { text: '.' }, 'timestamp', { text: '.' }, 'body'],
    signature: { header: 'webhook-signature', prefix: 'v1,', separator: ' ' },
    timestamp: { header: 'webhook-timestamp', unit: 'seconds' },
    secret: { encoding: 'base64', prefix: 'whsec_', bytes: [24, 64] },
  },
  senderReadsAnswer: true,
  needs: [],
  matchFields: [],
  decode: (payload, context) => {
    if (!Array.isArray(payload)) return [readChangeBody(payload, 0, '', context)]
    if (payload.length === 0) return count('must hold at least one change')
    if (payload.length > MOST_CHANGES) return count(`must hold at most ${MOST_CHANGES} changes`)
    return payload.map((change: unknown, index) => readChangeBody(change, index, `/${index}`, context))
  },
}
