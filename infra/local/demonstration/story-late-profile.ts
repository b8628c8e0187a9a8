// The third story: a change may come before the profile it is for.
import type { Story } from './story.ts'

const KEY = '70000004'
const MINUTE = 60 * 1000
const PHONE = '+3545550130'

export const storyLateProfile: Story = {
  title:
    'A change names somebody whom Campaign does not know yet. It waits, and is applied when the profile appears.',
  source: 'direct',
  canBeTold: (
    { sources: { direct } },
    { UNMATCHED = 'wait', WAIT_HOURS = '72', BUSINESS_KEY = 'cusCrmId' },
  ) =>
    direct?.kind === 'direct' &&
    UNMATCHED === 'wait' &&
    Number(WAIT_HOURS) > 0 &&
    BUSINESS_KEY === 'cusCrmId',
  profileComes: 'late',
  profile: {
    cusCrmId: KEY,
    email: 'sunna.jonsdottir@example.com',
    firstName: 'Sunna',
    lastName: 'Jónsdóttir',
  },
  attributes: ['email', 'phone'],
  deliveries: (now) => [
    {
      about: `a change for cusCrmId ${KEY} arrives before the nightly import has brought the profile`,
      body: {
        id: 'story-early-change',
        occurredAt: new Date(now - 15 * MINUTE).toISOString(),
        match: { cusCrmId: KEY },
        set: { phone: PHONE },
      },
    },
  ],
  claims: [
    {
      says: 'the change waited, and then was applied',
      holds: ({ outcomes }) => outcomes.join() === 'waiting,applied',
    },
    { says: 'the profile has the phone number', holds: ({ profile }) => profile['phone'] === PHONE },
  ],
}
