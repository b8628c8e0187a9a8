// The thirty things that a faithful Campaign does, each shown in both dialects, and counted as they pass.
import { it } from 'vitest'
import type { Settings } from '../../../infra/local/campaign/settings.ts'
import { campaignUnderTest } from '../campaign-under-test.ts'
import { manualTime } from '../manual-time.ts'

export const behaviourCount = 30
export const dialects = ['standard', 'v8'] as const
export type Dialect = Settings['dialect']

type Running = Awaited<ReturnType<typeof campaignUnderTest>>
/** `time` moves only when the test moves it; `say` picks what a dialect answers. */
export type Given = {
  campaign: Running
  time: ReturnType<typeof manualTime>
  dialect: Dialect
  isV8: boolean
  say: <Answer>(answers: Record<Dialect, Answer>) => Answer
}

const passed: Record<Dialect, Set<number>> = { standard: new Set(), v8: new Set() }

/** The numbers of which the test passed in a dialect. */
export const passedIn = (dialect: Dialect): readonly number[] =>
  [...passed[dialect]].sort((left, right) => left - right)

export const behaviour = (number: number, title: string, show: (given: Given) => Promise<void>): void => {
  for (const dialect of dialects) {
    it(`${number}. ${title} (${dialect})`, async () => {
      const time = manualTime()
      await using campaign = await campaignUnderTest({ time, settings: { dialect } })
      await show({ campaign, time, dialect, isV8: dialect === 'v8', say: (answers) => answers[dialect] })
      passed[dialect].add(number)
    })
  }
}
