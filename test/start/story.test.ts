// A story is not a film: what it claims is looked up, and it says so when a claim does not hold.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { mappings } from '../../functions/change/mappings.ts'
import { createLocalLog } from '../../infra/local/demonstration/local-log.ts'
import { type Stage, tellStory } from '../../infra/local/demonstration/story.ts'
import { storyLateEdit } from '../../infra/local/demonstration/story-late-edit.ts'
import { storyLateProfile } from '../../infra/local/demonstration/story-late-profile.ts'
import { storyOnePatch } from '../../infra/local/demonstration/story-one-patch.ts'
import { storyOptIn } from '../../infra/local/demonstration/story-opt-in.ts'
import { moveToNow } from '../../infra/local/sending/move-to-now.ts'
import { startLocalStack } from '../../infra/local/stack.ts'

let screen = ''
beforeEach(() => {
  screen = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    screen += text
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

const startStage = async (dialect: 'standard' | 'v8' = 'standard') => {
  const log = createLocalLog(() => undefined)
  const stack = await startLocalStack({ port: 0, campaignPort: 0, log, dialect })
  const { campaign } = stack.campaign
  const { moveWaiting } = stack
  const stage: Stage = { gatewayUrl: stack.gateway.url, campaign, log, mappings, moveWaiting }
  return { stage, campaign, [Symbol.asyncDispose]: stack.close }
}

let started: Awaited<ReturnType<typeof startStage>>
beforeAll(async () => {
  started = await startStage()
})
afterAll(() => started[Symbol.asyncDispose]())

describe('a story', { timeout: 30_000 }, () => {
  it.each(['standard', 'v8'] as const)('holds in the dialect %s, like the other', async (dialect) => {
    await using other = await startStage(dialect)
    for (const [index, story] of [storyOnePatch, storyLateEdit, storyLateProfile, storyOptIn].entries())
      expect(await tellStory(story, index + 1, other.stage)).toBe(true)
    expect(screen).not.toContain('✗')
  })

  it('fails when Campaign refused what it was to write', async () => {
    const body = 'The value is not valid.'
    const everyPatch = { match: { method: 'PATCH' }, times: 99, answer: { status: 400, body } }
    started.campaign.setFaults([everyPatch])
    expect(await tellStory(storyLateEdit, 1, started.stage)).toBe(false)
    started.campaign.setFaults([])
    expect(screen).toContain('✗ this is not so: the later edit stays')
  })

  it('fails when a profile was patched more than once', async () => {
    const { deliveries } = storyOnePatch
    const apart = {
      ...storyOnePatch,
      // One delivery per event, each waited for: what the story says is avoided.
      deliveries: (now: number) =>
        deliveries(now).flatMap(({ about, body }) =>
          (body as unknown[]).map((event) => ({ about, body: [event] })),
        ),
    }
    expect(await tellStory(apart, 1, started.stage)).toBe(false)
    expect(screen).toContain('✗ this is not so: exactly one PATCH went to Campaign')
    expect(screen).toContain('✓ the profile holds what HubSpot holds')
  })

  it('is left out when the mappings no longer say what it tells', () => {
    for (const story of [storyOnePatch, storyLateEdit, storyLateProfile, storyOptIn]) {
      expect(story.canBeTold(mappings, {})).toBe(true)
      expect(story.canBeTold({ ...mappings, sources: {} }, {})).toBe(false)
    }
    expect(storyLateProfile.canBeTold(mappings, { UNMATCHED: 'park' })).toBe(false)
    expect(storyLateProfile.canBeTold(mappings, { WAIT_HOURS: '0' })).toBe(false)
    const owned = { ...mappings, owners: { phone: 'fill' } } as const
    expect(storyOnePatch.canBeTold(owned, {})).toBe(false)
    expect(storyLateEdit.canBeTold(owned, {})).toBe(false)
    expect(storyLateEdit.canBeTold({ ...mappings, owners: { phone: 'newest' } }, {})).toBe(true)
  })
})

describe('a recorded payload', () => {
  it('is moved to now with its distances kept', () => {
    const payload = [
      { eventId: 1, occurredAt: 1000, propertyName: 'city' },
      { eventId: 2, occurredAt: 1700, nested: { occurredAt: '1970-01-01T00:00:01Z', id: 'evt' } },
    ]
    expect(moveToNow(payload, 1_800_000_000_000)).toEqual([
      { eventId: 1, occurredAt: 1_799_999_999_300, propertyName: 'city' },
      {
        eventId: 2,
        occurredAt: 1_800_000_000_000,
        nested: { occurredAt: '2027-01-15T07:59:59.300Z', id: 'evt-1800000000000' },
      },
    ])
  })
})
