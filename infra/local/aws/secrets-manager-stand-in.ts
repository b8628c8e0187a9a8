// Secrets Manager on one machine: GetSecretValue, and switches that tests turn.
import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { ACCOUNT_ID, REGION } from './aws-clients.ts'
import { awsError, startAwsJsonServer } from './aws-json-server.ts'
import type { Listening } from './listen.ts'

const getSecretValueSchema = z.object({ SecretId: z.string() })

export type Secrets = {
  /** Text is kept as it is, anything else as JSON; a value that is set again is a new version. */
  readonly set: (secretId: string, value: unknown) => void
  /** While false, every connection is cut. */
  readonly setReachable: (reachable: boolean) => void
  /** How many GetSecretValue calls were answered with a value, of one secret or of all. */
  readonly reads: (secretId?: string) => number
}

/** Starts with the given secrets on a free port of this machine. */
export const startSecretsManager = async (
  given: Record<string, unknown>,
): Promise<Listening & { secrets: Secrets }> => {
  const held = new Map<string, { text: string; version: string }>()
  const reads: string[] = []
  let reachable = true
  const set = (secretId: string, value: unknown) => {
    held.set(secretId, {
      text: typeof value === 'string' ? value : JSON.stringify(value),
      version: randomUUID(),
    })
  }
  for (const [secretId, value] of Object.entries(given)) set(secretId, value)

  const listening = await startAwsJsonServer(async ({ headers, body }) => {
    if (!reachable) return undefined
    if (headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') {
      return awsError(400, 'UnknownOperationException', 'only GetSecretValue is served here')
    }
    const { SecretId } = getSecretValueSchema.parse(JSON.parse(body))
    const secret = held.get(SecretId)
    if (!secret) {
      return awsError(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    }
    reads.push(SecretId)
    const answer = {
      ARN: `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:${SecretId}`,
      Name: SecretId,
      SecretString: secret.text,
      VersionId: secret.version,
      VersionStages: ['AWSCURRENT'],
    }
    return { status: 200, body: JSON.stringify(answer) }
  })
  const secrets: Secrets = {
    set,
    setReachable: (value) => {
      reachable = value
    },
    reads: (secretId) => reads.filter((read) => secretId === undefined || read === secretId).length,
  }
  return { ...listening, secrets }
}
