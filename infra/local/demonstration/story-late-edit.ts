// The second story: the network does not keep the order of edits, clocks do.
import type { Story, StoryDelivery } from './story.ts'

const EMAIL = 'tomas.silva@example.com'
const MINUTE = 60 * 1000

const LATER_PHONE = '+351215550102'

export const storyLateEdit: Story = {
  title: 'A phone number is edited twice, and the later edit arrives first. The later edit stays.',
  source: 'direct',
  canBeTold: ({ sources: { direct }, owners }) => direct?.kind === 'direct' && owners?.['phone'] !== 'fill',
  profile: {
    cusCrmId: '70000002',
    email: EMAIL,
    firstName: 'Tomás',
    lastName: 'Silva',
    phone: '+351215550100',
  },
  attributes: ['email', 'phone'],
  deliveries: (now) => [
    edit(
      'story-edit-2',
      `the edit of 5 minutes ago arrives: phone ${LATER_PHONE}`,
      now - 5 * MINUTE,
      LATER_PHONE,
    ),
    edit(
      'story-edit-1',
      'the edit of 10 minutes ago arrives after it: phone +351215550101',
      now - 10 * MINUTE,
      '+351215550101',
    ),
  ],
  claims: [
    { says: 'the later edit stays', holds: ({ profile }) => profile['phone'] === LATER_PHONE },
    {
      says: 'exactly one PATCH went to Campaign: the earlier edit was not written over the later one',
      holds: ({ requests }) => requests.filter(({ method }) => method === 'PATCH').length === 1,
    },
    {
      says: 'the edits ended as applied and superseded',
      holds: ({ outcomes }) => outcomes.join() === 'applied,superseded',
    },
  ],
}

const edit = (id: string, about: string, occurredAt: number, phone: string): StoryDelivery => ({
  about,
  body: { id, occurredAt: new Date(occurredAt).toISOString(), match: { email: EMAIL }, set: { phone } },
})
