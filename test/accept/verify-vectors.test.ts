import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { verify } from '../../functions/accept/verify.ts'
import { kind as direct } from '../../functions/change/sources/direct.ts'
import { kind as hubspot } from '../../functions/change/sources/hubspot.ts'

type Vector = {
  readonly id: string
  readonly scheme: string
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
  readonly secrets: readonly string[]
  readonly now: number
  readonly valid: boolean
  readonly why: string
}
const file = new URL('../signature-vectors.json', import.meta.url)
const { vectors }: { vectors: readonly Vector[] } = JSON.parse(readFileSync(file, 'utf8'))
const schemes = { 'hubspot-v3': hubspot.scheme, 'standard-webhooks': direct.scheme }

describe.each(Object.entries(schemes))('the scheme %s', (name, scheme) => {
  const own = vectors.filter((vector) => vector.scheme === name)

  it('has vectors on both sides', () => {
    expect(own.length).toBeGreaterThan(10)
    expect(new Set(own.map(({ valid }) => valid))).toEqual(new Set([true, false]))
  })

  it.each(own.map((vector) => [vector.id, vector] as const))('agrees with %s', (_id, vector) => {
    const { method, url, headers, secrets, now, valid, why } = vector
    const body = Buffer.from(vector.body)
    const proven = verify({ method, url, headers, body }, scheme, secrets, now)
    expect(proven, why).toEqual(valid ? body : undefined)
  })
})
