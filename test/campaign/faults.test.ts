import { expect, it } from 'vitest'
import { campaignUnderTest, ext, plain } from './campaign-under-test.ts'
import { manualTime } from './manual-time.ts'

it.each([
  [401, '{"error_code":"401013","message":"Oauth token is not valid"}'],
  [403, '{"error_code":"403023","message":"Profile is not valid"}'],
  [429, '{"error_code":"429050","message":"Too many requests"}'],
  [500, 'RST-360011 An error has occurred - please contact your administrator.'],
  [502, '{"code":502,"message":"Oops. Something went wrong. Check your URI and try again."}'],
  [503, '{"error_code":"503010","message":"Could not validate the oauth token"}'],
  [504, '{"code":504,"message":"Oops. Something went wrong. Check your URI and try again."}'],
])('answers %i with its body and applies nothing', async (status, body) => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'faults', [{ answer: { status } }])
  const answer = await campaign.call('POST', `${ext}/profile`, {})
  expect(answer.status).toBe(status)
  expect(answer.text).toBe(body)
  expect(answer.headers['content-type']).toContain(body.startsWith('{') ? 'application/json' : 'text/plain')
  expect(answer.headers).not.toHaveProperty('retry-after')
  expect(campaign.campaign.profiles()).toEqual([])
})

it('says Retry-After when the fault does, on any status', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'faults', [
    { answer: { status: 429, retryAfter: 2 } },
    { answer: { status: 503, retryAfter: 7 } },
  ])
  expect((await campaign.call('GET', `${ext}/profile`)).headers['retry-after']).toBe('2')
  expect((await campaign.call('GET', `${ext}/profile`)).headers['retry-after']).toBe('7')
})

it('answers the body that the fault gives', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'faults', [{ answer: { status: 500, body: '' } }])
  expect((await campaign.call('GET', `${ext}/profile`)).text).toBe('')
})

it('strikes the first fault that matches method and raw path, as often as it says', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'faults', [
    { match: { method: 'PATCH', path: `${ext}/profile/%40` }, answer: { status: 502 } },
    { match: { method: 'GET' }, times: 2, answer: { status: 503 } },
  ])
  await campaign.control('POST', 'faults', [{ match: { path: `${plain}/` }, answer: { status: 429 } }])
  const get = async (path: string) => (await campaign.call('GET', path)).status
  expect(await get(`${plain}/profile`)).toBe(503)
  expect((await campaign.call('PATCH', `${ext}/profile/@x`, {})).status).toBe(500)
  expect((await campaign.call('PATCH', `${ext}/profile/%40x`, {})).status).toBe(502)
  expect(await get(`${ext}/profile`)).toBe(503)
  expect(await get(`${ext}/profile`)).toBe(200)
  expect(await get(`${plain}/profile`)).toBe(429)
  expect(await get(`${plain}/profile`)).toBe(200)
})

it('strikes IMS too', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'faults', [{ match: { path: '/ims/' }, answer: { status: 503 } }])
  expect((await campaign.askToken()).status).toBe(503)
  expect((await campaign.askToken()).status).toBe(200)
})

it('never strikes the controls', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'faults', [{ times: 9, answer: { status: 503 } }])
  expect((await campaign.control('GET', 'requests')).status).toBe(200)
})

it('resets the connection before anything is applied', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'faults', [{ answer: { reset: true } }])
  await expect(campaign.call('POST', `${ext}/profile`, {})).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(campaign.campaign.profiles()).toEqual([])
  expect(campaign.campaign.requests().at(-1)).toMatchObject({ method: 'POST', status: null })
})

it('applies and then resets the connection with appliedButLost', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'faults', [{ answer: { appliedButLost: true } }])
  await expect(campaign.call('POST', `${ext}/profile`, {})).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(campaign.campaign.profiles()).toHaveLength(1)
})

it('does not apply what the gateway refuses, lost answer or not', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'faults', [{ answer: { appliedButLost: true } }])
  await expect(campaign.send('POST', `${ext}/profile`, { body: {} })).rejects.toThrow()
  expect(campaign.campaign.profiles()).toEqual([])
})

it('never answers with hang, and applies nothing', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'faults', [{ answer: { hang: true } }])
  const call = campaign.call('POST', `${ext}/profile`, {}, AbortSignal.timeout(100))
  await expect(call).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(campaign.campaign.profiles()).toEqual([])
})

it('answers 200 and half a JSON with garbage, and applies nothing', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'faults', [{ answer: { garbage: true } }])
  const answer = await campaign.call('POST', `${ext}/profile`, {})
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toContain('application/json')
  expect(answer.json).toThrow(SyntaxError)
  expect(campaign.campaign.profiles()).toEqual([])
})

it('withholds the answer and the write with applyAfterMs', async () => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time })
  await campaign.control('POST', 'faults', [{ answer: { applyAfterMs: 5000 } }])
  const answer = campaign.call('POST', `${ext}/profile`, {})
  await time.sleeping(1)
  time.advance(4999)
  expect(campaign.campaign.profiles()).toEqual([])
  time.advance(1)
  expect((await answer).status).toBe(201)
})

it('lands a late write after newer ones, even if the client left', async () => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time })
  campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  await campaign.control('POST', 'faults', [{ match: { method: 'PATCH' }, answer: { applyAfterMs: 5000 } }])
  const client = new AbortController()
  const late = campaign.call('PATCH', `${ext}/profile/1`, { phone: 'late' }, client.signal)
  await time.sleeping(1)
  client.abort()
  await expect(late).rejects.toThrow()
  await campaign.call('PATCH', `${ext}/profile/1`, { phone: 'newer' })
  expect(campaign.campaign.profiles()[0]?.['phone']).toBe('newer')
  time.advance(5000)
  await expect.poll(() => campaign.campaign.profiles()[0]?.['phone']).toBe('late')
})

it.each([
  [{ answer: {} }, 'exactly one of status, reset, hang, appliedButLost, garbage, applyAfterMs'],
  [{ answer: { reset: true, hang: true } }, 'exactly one of'],
  [{ answer: { reset: true, retryAfter: 1 } }, 'go with status only'],
  [{ answer: { explode: true } }, 'unknown answer explode; allowed: status'],
  [{ answer: { status: 42 } }, 'faults.0.answer.status'],
  [{ answer: { reset: true }, match: { url: '/' } }, 'unknown match url; allowed: method, path'],
  [{ answer: { reset: true }, count: 2 }, 'unknown name count; allowed: match, times, answer'],
  [{ times: 0, answer: { reset: true } }, 'faults.0.times'],
])('refuses the fault %j', async (fault, message) => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.control('POST', 'faults', [fault])
  expect(answer.status).toBe(400)
  expect(answer.json().error).toContain(message)
  expect((await campaign.call('GET', `${ext}/profile`)).status).toBe(200)
})

it('replaces faults within the process and appends to them', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addFaults([{ answer: { status: 502 } }])
  campaign.campaign.setFaults([{ answer: { status: 503 } }])
  campaign.campaign.addFaults([{ answer: { status: 504 } }])
  const statuses = []
  for (let call = 0; call < 3; call += 1) statuses.push((await campaign.call('GET', `${ext}/profile`)).status)
  expect(statuses).toEqual([503, 504, 200])
})
