import { expect, it } from 'vitest'
import { campaignUnderTest, ext, plain } from './campaign-under-test.ts'

const general = 'RST-360011 An error has occurred - please contact your administrator.'

it.each([
  ['age', 30],
  ['PKey', '@x'],
  ['lastModified', '2026-01-01'],
  ['blackListEmailLastModified', '2026-01-01'],
  ['postalAddress', { line1: 'x' }],
  ['subscriptions', []],
  ['createdBy', 'x'],
])('refuses the read-only %s with both lines, and the whole body with it', async (name, value) => {
  await using campaign = await campaignUnderTest()
  const [before] = campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  const answer = await campaign.call('PATCH', `${ext}/profile/1`, { phone: '1', [name]: value, fax: '2' })
  expect(answer.status).toBe(500)
  expect(answer.headers['content-type']).toContain('text/plain')
  expect(answer.text).toBe(
    `Cannot update the '${name}' property that is read-only\n'${name}' property is not valid for the 'profile' resource.`,
  )
  expect(campaign.campaign.profiles()).toEqual([before])
})

it.each([
  [ext, '{"nickName":"x"}', 'nickName'],
  [ext, '{"cusNothing":"x"}', 'cusNothing'],
  [ext, '{"location":{"planet":"x"}}', 'planet'],
  [ext, '{"location.city":"x"}', 'location.city'],
  [ext, '{"__proto__":{"phone":"1"}}', '__proto__'],
  [ext, '{"location":{"__proto__":"x"}}', '__proto__'],
  [ext, '{"constructor":"x"}', 'constructor'],
  [plain, '{"cusTier":"x"}', 'cusTier'],
  [plain, '{"orgUnit":{"PKey":"@x"}}', 'orgUnit'],
])('refuses on %s the unknown attribute of %s', async (api, body, name) => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.call('POST', `${api}/profile`, body)
  expect(answer.status).toBe(500)
  expect(answer.text).toBe(`'${name}' property is not valid for the 'profile' resource.`)
  expect(campaign.campaign.profiles()).toEqual([])
})

it.each(['gender', 'emailFormat', 'timeZone'])('refuses a value that %s does not have', async (name) => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.call('POST', `${ext}/profile`, { [name]: 'invalid' })
  expect(answer.status).toBe(500)
  expect(answer.text).toBe(
    `${general}\nThe value 'invalid' is not valid for the 'nms:recipient:${name}' enumeration of the '@${name}' field`,
  )
})

it.each([
  { phone: 1 },
  { blackListEmail: 'true' },
  { blackListEmail: 1 },
  { cusScore: '7' },
  { location: 'Rome' },
  { orgUnit: 'All' },
  { birthDate: '24.10.1980' },
  { birthDate: '2021-02-30' },
  { firstName: 'x'.repeat(31) },
  { email: `${'x'.repeat(125)}@b.c` },
  { email: 'no address' },
])('refuses the value of %j', async (body) => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.call('POST', `${ext}/profile`, { phone: '1', ...body })
  expect(answer.status).toBe(500)
  expect(answer.text.split('\n')[0]).toBe(general)
  expect(answer.text).toContain(`'@${Object.keys(body)[0]}'`)
  expect(campaign.campaign.profiles()).toEqual([])
})

it('counts characters, not code units, and takes the longest value', async () => {
  await using campaign = await campaignUnderTest()
  expect((await campaign.call('POST', `${ext}/profile`, { firstName: '😀'.repeat(30) })).status).toBe(201)
  expect((await campaign.call('POST', `${ext}/profile`, { firstName: '😀'.repeat(31) })).status).toBe(500)
})

it.each([
  ['@gibberish', '@gibberish'],
  ['[]', '[]'],
  ['"text"', '"text"'],
])('refuses the body %s as no valid constant', async (body, token) => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.call('POST', `${ext}/profile`, body)
  expect(answer.status).toBe(500)
  expect(answer.text).toBe(`${general}\n'${token}' is not a valid constant`)
})

it.each(['GET', 'PATCH', 'DELETE'] as const)('refuses a malformed PKey in the URL of %s', async (method) => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.call(method, `${plain}/profile/@O5iRp40EGA`)
  expect(answer.status).toBe(500)
  expect(answer.text).toBe(
    "'O5iRp40EGA' attribute unknown (see definition of 'Profiles (nms:recipient)' schema).\n" +
      "XTK-170036 Unable to parse expression '@id = @O5iRp40EGA'.",
  )
})
