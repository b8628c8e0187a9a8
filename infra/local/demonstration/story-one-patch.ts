// The first story: HubSpot sends each property of an edit as an event of its own.
import { fieldOf } from '../../../functions/change/mapping.ts'
import type { Story } from './story.ts'
import { attributeOf } from './story-screen.ts'

const edits = [
  { propertyName: 'lastname', attribute: 'lastName', before: 'Brandt', after: 'Brandt-Ito' },
  { propertyName: 'salutation', attribute: 'salutation', before: '', after: 'Dr.' },
  { propertyName: 'city', attribute: 'location.city', before: 'Hamburg', after: 'Lübeck' },
  { propertyName: 'zip', attribute: 'location.zipCode', before: '20095', after: '23552' },
  { propertyName: 'mobilephone', attribute: 'mobilePhone', before: '+4940555010', after: '' },
] as const

const contactId = 70000001
const editedMillisecondsAgo = 20 * 60 * 1000

export const storyOnePatch: Story = {
  title: 'HubSpot reports one edit of a contact as five events. Campaign gets one PATCH.',
  source: 'hubspot',
  canBeTold: ({ sources: { hubspot } }) =>
    hubspot?.kind === 'hubspot' &&
    hubspot.phoneRegion === undefined &&
    hubspot.match?.[0]?.attribute === 'cusCrmId' &&
    edits.every(({ propertyName, attribute }) => hubspot.fields?.[propertyName] === attribute) &&
    fieldOf(hubspot, 'salutation')?.normalise.length === 0,
  profile: {
    cusCrmId: String(contactId),
    email: 'lena.brandt@example.com',
    firstName: 'Lena',
    lastName: 'Brandt',
    mobilePhone: '+4940555010',
    location: { city: 'Hamburg', zipCode: '20095' },
  },
  attributes: ['email', ...edits.map(({ attribute }) => attribute)],
  deliveries: (now) => [
    {
      about: `HubSpot to the gateway, signed: an array of ${edits.length} events (${edits.map(({ propertyName }) => propertyName).join(', ')})`,
      body: edits.map(({ propertyName, after }, position) => ({
        eventId: 3816279340 + position,
        subscriptionId: 25 + position,
        portalId: 62515,
        appId: 1160452,
        occurredAt: now - editedMillisecondsAgo + position,
        subscriptionType: 'contact.propertyChange',
        attemptNumber: 0,
        objectId: contactId,
        changeSource: 'CRM_UI',
        propertyName,
        propertyValue: after,
      })),
    },
  ],
  claims: [
    {
      says: 'exactly one PATCH went to Campaign',
      holds: ({ requests }) => requests.filter(({ method }) => method === 'PATCH').length === 1,
    },
    {
      says: `all ${edits.length} changes ended as applied`,
      holds: ({ outcomes }) =>
        outcomes.length === edits.length && outcomes.every((outcome) => outcome === 'applied'),
    },
    {
      says: 'the profile holds what HubSpot holds',
      holds: ({ profile }) =>
        edits.every(({ attribute, after }) => attributeOf(profile, attribute) === after),
    },
  ],
}
