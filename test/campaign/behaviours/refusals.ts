// What the engine refuses, and in which words.
import { expect } from 'vitest'
import { ext, plain } from '../campaign-under-test.ts'
import { behaviour } from './behaviour.ts'

const general = 'RST-360011 An error has occurred - please contact your administrator.'
const collapsed = 'An error has occurred - please contact your administrator.'

export const showRefusals = (): void => {
  behaviour(11, 'tells an unknown key from a malformed PKey', async ({ campaign, say }) => {
    const unknown = await campaign.call('PATCH', `${ext}/profile/C-9`, { phone: '1' })
    expect(unknown.status).toBe(404)
    expect(unknown.text).toBe(
      say({
        standard: `${general}\nUnable to find document with path 'Profile' from key 'C-9:0' (document with schema 'profile' and name 'C-9')`,
        v8: "Unable to find document with path 'Profile' from key 'C-9' (document with schema 'profile' and name 'C-9')",
      }),
    )
    const malformed = await campaign.call('GET', `${plain}/profile/@jksad`)
    expect(malformed.status).toBe(say({ standard: 500, v8: 404 }))
    expect(malformed.text).toContain(
      say({
        standard: "XTK-170036 Unable to parse expression '@id = @jksad'.",
        v8: 'Unable to decrypt PKey. (PKey=@jksad)',
      }),
    )
  })

  behaviour(12, 'refuses the whole body for one attribute', async ({ campaign, say }) => {
    const [profile] = campaign.campaign.addProfiles([{ cusCrmId: '1' }])
    const enumeration =
      "The value 'x' is not valid for the 'nms:recipient:gender' enumeration of the '@gender' field"
    const refusals = [
      [ext, { age: 3 }, "Cannot update the 'age' property that is read-only"],
      [ext, { nickName: 'x' }, "'nickName' property is not valid for the 'profile' resource."],
      [plain, { cusTier: 'x' }, "'cusTier' property is not valid for the 'profile' resource."],
      [ext, { gender: 'x' }, say({ standard: enumeration, v8: collapsed })],
    ] as const
    for (const [api, change, text] of refusals) {
      const answer = await campaign.call('PATCH', `${api}/profile/${profile?.['PKey']}`, {
        phone: '1',
        ...change,
      })
      expect(answer.status).toBe(500)
      expect(answer.text).toContain(text)
      expect(campaign.campaign.profiles()).toEqual([profile])
    }
  })

  behaviour(
    13,
    'answers errors of the engine as lines of text, of the gateway as JSON',
    async ({ campaign }) => {
      const engine = await campaign.call('GET', `${ext}/profile/C-9`)
      expect(engine.headers['content-type']).toContain('text/plain')
      expect(engine.json).toThrow()
      const gateway = await campaign.send('GET', `${ext}/profile/C-9`)
      expect(gateway.headers['content-type']).toContain('application/json')
      expect(gateway.json()).toHaveProperty('error_code')
    },
  )

  behaviour(25, 'checks and rewrites by data policy', async ({ campaign }) => {
    const post = (body: unknown) => campaign.call('POST', `${ext}/profile`, body)
    expect((await post({ email: 'no address' })).status).toBe(500)
    expect((await post({ firstName: 'amy' })).json().firstName).toBe('amy')
    await campaign.control('POST', 'settings', {
      rewrite: 'smartCase',
      dataPolicies: { cusTier: 'smartCase' },
    })
    expect((await post({ firstName: 'amy', cusTier: 'gold' })).json()).toMatchObject({
      firstName: 'Amy',
      cusTier: 'Gold',
    })
  })
}
