import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSecret, SecretError } from '../../functions/runtime/secrets.ts'
import { type StandIns, startStandIns } from '../../infra/local/aws/stand-ins.ts'
import { handMovedTime } from '../support/hand-moved-time.ts'
import { recordedLog } from '../support/recorded-log.ts'

let standIns: StandIns
beforeAll(async () => {
  standIns = await startStandIns({ secrets: { campaign: 'first', sources: 'x' } })
})
afterAll(() => standIns.close())
beforeEach(() => {
  standIns.secrets.set('campaign', 'first')
  standIns.secrets.setReachable(true)
})

const parse = (text: string): string => {
  if (text.startsWith('bad')) throw new Error(`cannot read ${text}`)
  return text
}
const create = (secretId = 'campaign') => {
  const time = handMovedTime()
  const secret = createSecret({
    client: standIns.clients().secretsManager,
    secretId,
    parse,
    time,
    log: recordedLog(),
  })
  const before = standIns.secrets.reads('campaign')
  return { time, secret, reads: () => standIns.secrets.reads('campaign') - before }
}

describe('a secret', () => {
  it('is read once and held for five minutes', async () => {
    const { time, secret, reads } = create()
    expect(await secret.read()).toBe('first')
    standIns.secrets.set('campaign', 'second')
    time.move(299_999)
    expect(await secret.read()).toBe('first')
    expect(reads()).toBe(1)
    time.move(1)
    expect(await secret.read()).toBe('second')
    expect(reads()).toBe(2)
  })

  it('is read once for however many ask at the same time, first or again', async () => {
    const { time, secret, reads } = create()
    expect(await Promise.all(Array.from({ length: 20 }, secret.read))).toEqual(Array(20).fill('first'))
    expect(reads()).toBe(1)
    time.move(300_000)
    await Promise.all(Array.from({ length: 20 }, secret.read))
    expect(reads()).toBe(2)
  })

  it('is read again at once when it was refused, at most every thirty seconds', async () => {
    const { time, secret, reads } = create()
    await secret.read()
    standIns.secrets.set('campaign', 'second')
    expect(await secret.refresh()).toBe(true)
    expect(await secret.read()).toBe('second')
    standIns.secrets.set('campaign', 'third')
    time.move(29_999)
    expect(await secret.refresh()).toBe(false)
    expect(await secret.read()).toBe('second')
    time.move(1)
    expect(await secret.refresh()).toBe(true)
    expect(await secret.read()).toBe('third')
    expect(reads()).toBe(3)
  })

  it('is held for five minutes from its refresh', async () => {
    const { time, secret, reads } = create()
    await secret.read()
    time.move(200_000)
    await secret.refresh()
    time.move(299_999)
    await secret.read()
    expect(reads()).toBe(2)
  })

  it('serves on while Secrets Manager cannot be reached, and is asked for again every thirty seconds', async () => {
    const { time, secret, reads } = create()
    await secret.read()
    standIns.secrets.setReachable(false)
    time.move(300_000)
    expect(await secret.read()).toBe('first')
    expect(await secret.refresh()).toBe(false)
    expect(await secret.read()).toBe('first')
    standIns.secrets.set('campaign', 'second')
    standIns.secrets.setReachable(true)
    time.move(30_000)
    expect(await secret.read()).toBe('second')
    expect(reads()).toBe(2)
  })

  it('serves on while the new one is not what it should be', async () => {
    const { time, secret } = create()
    await secret.read()
    standIns.secrets.set('campaign', 'bad')
    expect(await secret.refresh()).toBe(false)
    time.move(300_000)
    expect(await secret.read()).toBe('first')
  })
})

describe('no secret', () => {
  it('is an error that says which, and why', async () => {
    standIns.secrets.setReachable(false)
    const unreachable = create().secret.read()
    await expect(unreachable).rejects.toBeInstanceOf(SecretError)
    await expect(unreachable).rejects.toMatchObject({ code: 'secret-unreachable', retryable: true })
    standIns.secrets.setReachable(true)
    await expect(create('absent').secret.read()).rejects.toMatchObject({
      code: 'secret-unreachable',
      message: 'the secret absent cannot be read',
    })
  })

  it('is an error without its text where the text is not what it should be', async () => {
    standIns.secrets.set('campaign', 'bad canary7301')
    const error: unknown = await create()
      .secret.read()
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'secret-malformed', cause: undefined })
    expect(String(error) + JSON.stringify(error)).not.toContain('canary')
  })

  it('is asked for again by the next who needs it', async () => {
    standIns.secrets.setReachable(false)
    const { secret } = create()
    await expect(secret.read()).rejects.toThrow()
    standIns.secrets.setReachable(true)
    expect(await secret.read()).toBe('first')
  })
})
