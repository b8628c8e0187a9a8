import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { realTime } from '../../functions/runtime/time.ts'
import { createCampaign } from '../../infra/local/campaign/campaign.ts'
import { startCampaign } from '../../infra/local/campaign/server.ts'
import { freePort } from '../support/free-port.ts'
import { campaignUnderTest, credentials, ext, form, plain, tokenForm } from './campaign-under-test.ts'

it('ends all sockets at once on close, also those that hang or wait', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.setFaults([{ answer: { hang: true } }, { answer: { applyAfterMs: 60_000 } }])
  const calls = [1, 2].map(() => campaign.call('POST', `${ext}/profile`, {}))
  const ends = Promise.allSettled(calls)
  while (campaign.campaign.requests().length < 3) await new Promise((resolve) => setImmediate(resolve))
  await campaign.close()
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(campaign.campaign.profiles()).toEqual([])
})

it('rejects with the plain error when the port is in use', async () => {
  await using campaign = await campaignUnderTest()
  const port = Number(new URL(campaign.url).port)
  await expect(startCampaign({ port, credentials, time: realTime })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
})

it('works without sockets, under any base URL, with keys that a seed repeats', async () => {
  const open = async () => {
    const campaign = createCampaign({
      credentials,
      baseUrl: 'https://mc.example',
      time: realTime,
      random: () => 0.5,
    })
    const [profile] = campaign.addProfiles([{ email: 'a@b.c' }])
    const token = await campaign.handle({
      method: 'POST',
      path: '/ims/token/v3',
      headers: form,
      body: tokenForm(),
    })
    return { campaign, profile, token }
  }
  const [first, second] = [await open(), await open()]
  expect(first.profile?.['href']).toBe(`https://mc.example${ext}/profile/${first.profile?.['PKey']}`)
  expect(second.profile?.['PKey']).toBe(first.profile?.['PKey'])
  expect(first.token).toMatchObject({ kind: 'answer', status: 200 })
  first.campaign.setFaults([{ answer: { reset: true } }, { answer: { hang: true } }])
  const request = { method: 'GET', path: `${plain}/profile`, headers: {}, body: '' }
  expect(await first.campaign.handle(request)).toEqual({ kind: 'reset' })
  expect(await first.campaign.handle(request)).toEqual({ kind: 'hang' })
})

const main = (env: Record<string, string>) =>
  spawn(process.execPath, ['infra/local/campaign/main.ts'], { env: { ...process.env, ...env } })

it('prints commands that work and ends on SIGTERM within two seconds', async () => {
  const port = String(await freePort())
  const child = main({ CAMPAIGN_PORT: port })
  const [printed] = await once(child.stdout, 'data')
  expect(String(printed)).toContain(`listens on http://127.0.0.1:${port}`)
  const curl =
    /curl -s (\S+) -d grant_type=(\S+) -d client_id=(\S+) \\\n\s+-d client_secret=(\S+) -d scope=(\S+)/
  const [, url = '', grant = '', id = '', secret = '', scope = ''] = curl.exec(String(printed)) ?? []
  const body = new URLSearchParams({ grant_type: grant, client_id: id, client_secret: secret, scope })
  const token = await (await fetch(url, { method: 'POST', body })).json()
  const [list = ''] = /http:\S+\/profile\b/.exec(String(printed).replace(/.*\/_emulator.*/g, '')) ?? []
  const headers = { 'X-Api-Key': id, Authorization: `Bearer ${Object(token).access_token}` }
  expect((await fetch(list, { headers })).status).toBe(200)
  const since = performance.now()
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  expect(performance.now() - since).toBeLessThan(2000)
})

it('says in one line that the port is in use', async () => {
  await using campaign = await campaignUnderTest()
  const { port } = new URL(campaign.url)
  const child = main({ CAMPAIGN_PORT: port })
  const [said] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(said).toBe(`port ${port} is in use: stop what listens there or set CAMPAIGN_PORT\n`)
  expect(child.exitCode).toBe(1)
})

it('starts in the dialect that CAMPAIGN_DIALECT names', async () => {
  const port = String(await freePort())
  const child = main({ CAMPAIGN_PORT: port, CAMPAIGN_DIALECT: 'v8' })
  const [printed] = await once(child.stdout, 'data')
  expect(String(printed)).toContain('Adobe Campaign (v8, emulated)')
  const settings = await fetch(`http://127.0.0.1:${port}/_emulator/settings`, { method: 'POST' })
  expect(await settings.json()).toMatchObject({ dialect: 'v8' })
  child.kill('SIGTERM')
  await once(child, 'exit')
})

it('says in one line which dialects there are', async () => {
  const child = main({ CAMPAIGN_PORT: String(await freePort()), CAMPAIGN_DIALECT: 'v9' })
  const [said] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(said).toBe('CAMPAIGN_DIALECT: must be standard or v8\n')
})
