// A ready token that is dead: nobody can renew it but a person, and until then it must cost next to nothing.
import { expect, it, vi } from 'vitest'
import { aBacklog, byKey, engineCalls, recordsOf, seededRandom, startWorkers } from '../../support/backlog.ts'
import { inMemorySecrets } from '../../support/in-memory-aws.ts'
import { PSEUDONYM_KEY, type Simulation, startSimulation } from '../../support/simulation.ts'

vi.setConfig({ testTimeout: 30_000 })

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const CALLS_PER_SECOND = 20

const withToken = (accessToken: string) => ({
  campaign: JSON.stringify({ organization: 'tenant', apiKey: 'client', accessToken }),
  pseudonym: PSEUDONYM_KEY,
})
const start = (secrets: Record<string, string>) =>
  startSimulation({
    settings: { latencyMs: 120, callsPerSecond: CALLS_PER_SECOND, tokenSeconds: 86_400 },
    environment: { CALLS_PER_SECOND: String(CALLS_PER_SECOND) },
    random: seededRandom(20261122),
    secretsManager: inMemorySecrets(secrets),
  })
const goodToken = async ({ campaign, time }: Simulation): Promise<string> => {
  const asked = campaign.handle({
    method: 'POST',
    path: '/ims/token/v3',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials&client_id=client&client_secret=secret&scope=openid',
  })
  const answer = await time.run(asked)
  if (answer.kind !== 'answer') throw new Error('no answer')
  return JSON.parse(answer.body.toString()).access_token
}
const calls = ({ campaign }: Simulation) => engineCalls(campaign.requests())
const written = ({ campaign }: Simulation) => campaign.profiles().filter(({ phone }) => phone === '1').length
const linesOf = ({ log }: Simulation, message: string) => log.lines.filter((line) => line.message === message)
const isOpen = ({ budget }: Simulation) => budget.state().health.probeAt > 0

/** Until it is noticed: ten seconds at the budget, and the batches under way. Then a probe each thirty seconds. */
const most = (milliseconds: number, workers: number) =>
  11 * CALLS_PER_SECOND + 10 * workers + milliseconds / 30_000 + 10

it.each([1, 4])(
  '%i workers that share it hardly call, tell it once each, and go on when it is renewed',
  async (count) => {
    const secrets = withToken('dead')
    const simulation = start(secrets)
    const records = recordsOf(simulation, 200, byKey)
    const backlog = aBacklog(simulation, startWorkers(simulation, count), records)
    await backlog.work(simulation.time.now() + 3 * HOUR)

    expect(backlog.left()).toBe(200)
    expect(simulation.parked).toEqual([])
    expect(calls(simulation).length).toBeLessThanOrEqual(most(3 * HOUR, count))
    expect(linesOf(simulation, 'campaign.configuration')).toMatchObject(
      Array.from({ length: count }, () => ({ level: 'error', code: 'credentials-refused' })),
    )
    // Of one worker nobody knows whether others are let in.
    expect(isOpen(simulation)).toBe(count > 1)

    secrets.campaign = withToken(await goodToken(simulation)).campaign
    // A change may have been told to wait a quarter of an hour and a quarter more.
    await backlog.work(simulation.time.now() + 20 * MINUTE)
    expect(backlog.left()).toBe(0)
    expect(written(simulation)).toBe(200)
  },
)

it('one worker that has it steps back alone: the others go on, and do not wait for it', async () => {
  const secrets = withToken('')
  const simulation = start(secrets)
  secrets.campaign = withToken(await goodToken(simulation)).campaign
  const dead = simulation.startWorker(undefined, { secretsManager: inMemorySecrets(withToken('dead')) })
  const records = recordsOf(simulation, 1000, byKey)
  const backlog = aBacklog(simulation, [dead, ...startWorkers(simulation, 3)], records)
  const begun = simulation.time.now()
  await backlog.work(begun + 10 * MINUTE)
  expect(backlog.left()).toBe(0)
  expect(written(simulation)).toBe(1000)
  const refused = calls(simulation).filter(({ status }) => status === 401)
  expect(refused.length).toBeLessThanOrEqual(most(simulation.time.now() - begun, 1))
  expect(linesOf(simulation, 'campaign.breaker')).toEqual([])
})

it('one refusal, or those of one person, hold nobody back', async () => {
  const simulation = start(withToken('dead'))
  const records = recordsOf(simulation, 1, byKey)
  const backlog = aBacklog(simulation, startWorkers(simulation, 1), records)
  await backlog.work(simulation.time.now() + HOUR)
  expect(linesOf(simulation, 'campaign.stepped-back')).toEqual([])
  expect(calls(simulation).length).toBeGreaterThan(5)
})
