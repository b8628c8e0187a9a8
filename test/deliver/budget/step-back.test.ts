// One worker that steps back for its own credentials: what ended while it asked stays ended.
import { expect, it } from 'vitest'
import { createStepBack } from '../../../functions/deliver/budget/step-back.ts'
import { recordedLog } from '../../support/recorded-log.ts'
import { virtualTime } from '../../support/virtual-time.ts'

const MINUTE = 60_000

it('is over once a call has succeeded, also while a question was under way that learnt nothing', async () => {
  const time = virtualTime()
  const log = recordedLog()
  const stepBack = createStepBack({ timeoutMilliseconds: 15_000, time, log })
  for (let refusals = 0; refusals < 12; refusals += 1) {
    stepBack.refused(`person-${refusals}`)
    await time.pass(1000)
  }
  expect(log.lines).toMatchObject([{ message: 'campaign.stepped-back', state: 'begun' }])
  await time.pass(MINUTE)
  const asked = stepBack.wait(time.now() + MINUTE, async () => {
    stepBack.succeeded()
    return 'nothing'
  })
  expect(await time.run(asked)).toBeUndefined()
  expect(log.lines.at(-1)).toMatchObject({ state: 'over' })
})
