// The fourth story: what a customer says on Campaign's own page is not undone by what a CRM said before.
import type { Story, StoryDelivery } from './story.ts'

const EMAIL = 'noor.haddad@example.com'
const MINUTE = 60 * 1000

export const storyOptIn: Story = {
  title:
    'A customer unsubscribes on Campaign’s page. An opt-in from before opens nothing, a later one is applied.',
  source: 'direct',
  canBeTold: ({ sources: { direct } }) => direct?.kind === 'direct',
  profile: { cusCrmId: '70000005', email: EMAIL, firstName: 'Noor', lastName: 'Haddad' },
  onThePage: { blackListEmail: true },
  attributes: ['email', 'blackListEmail'],
  deliveries: (now) => [
    optIn('story-opt-in-1', 'the opt-in of 10 minutes ago arrives, made before that', now - 10 * MINUTE),
    optIn('story-opt-in-2', 'the customer opts in again, in so many words, and that arrives too', now),
  ],
  claims: [
    {
      says: 'the earlier opt-in was superseded by the page, the later one was applied',
      holds: ({ outcomes }) => outcomes.join() === 'superseded,applied',
    },
    {
      says: 'exactly one PATCH went to Campaign, after a look at the profile',
      holds: ({ requests }) => {
        const methods = requests.map(({ method }) => method)
        return (
          methods.filter((method) => method === 'PATCH').length === 1 &&
          methods[methods.indexOf('PATCH') - 1] === 'GET'
        )
      },
    },
    { says: 'the channel is open again', holds: ({ profile }) => profile['blackListEmail'] === false },
  ],
}

const optIn = (id: string, about: string, occurredAt: number): StoryDelivery => ({
  about,
  body: {
    id,
    occurredAt: new Date(occurredAt).toISOString(),
    match: { email: EMAIL },
    set: { blackListEmail: false },
  },
})
