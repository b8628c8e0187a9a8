// The first story: HubSpot sends each property of an edit as an event of its own.
import { fieldOf } from '../../../functions/change/mapping.ts'
import type { Story } from './story.ts'

/** Of attributes that every dialect of Campaign has. */
const EDITS = [
  { propertyName: 'lastname', attribute: 'lastName', before: 'Brandt', after: 'Brandt-Ito' },
  { propertyName: 'salutation', attribute: 'salutation', before: '', after: 'Dr.' },
  { propertyName: 'date_of_birth', attribute: 'birthDate', before: '', after: '1988-04-02' },
  { propertyName: 'phone', attribute: 'phone', before: '+4940555011', after: '+49451555010' },
  { propertyName: 'mobilephone', attribute: 'mobilePhone', before: '+4940555010', after: '' },
] as const

const CONTACT_ID = 70000001
const EDITED_MILLISECONDS_AGO = 20 * 60 * 1000

export const storyOnePatch: Story = {
  title: 'HubSpot reports one edit of a contact as five events. Campaign gets one PATCH.',
  source: 'hubspot',
  canBeTold: ({ sources: { hubspot }, owners }) =>
    EDITS.every(({ attribute }) => owners?.[attribute] !== 'fill') &&
    hubspot?.kind === 'hubspot' &&
    hubspot.phoneRegion === undefined &&
    hubspot.match?.[0]?.attribute === 'cusCrmId' &&
    EDITS.every(({ propertyName, attribute }) => hubspot.fields?.[propertyName] === attribute) &&
    fieldOf(hubspot, 'salutation')?.normalise.length === 0,
  profile: {
    cusCrmId: String(CONTACT_ID),
    email: 'lena.brandt@example.com',
    firstName: 'Lena',
    lastName: 'Brandt',
    phone: '+4940555011',
    mobilePhone: '+4940555010',
  },
  attributes: ['email', ...EDITS.map(({ attribute }) => attribute)],
  deliveries: (now) => [
    {
      about: `HubSpot to the gateway, signed: an array of ${EDITS.length} events (${EDITS.map(({ propertyName }) => propertyName).join(', ')})`,
      body: EDITS.map(({ propertyName, after }, position) => ({
        eventId: 3816279340 + position,
        subscriptionId: 25 + position,
        portalId: 62515,
        appId: 1160452,
        occurredAt: now - EDITED_MILLISECONDS_AGO + position,
        subscriptionType: 'contact.propertyChange',
        attemptNumber: 0,
        objectId: CONTACT_ID,
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
      says: `all ${EDITS.length} changes ended as applied`,
      holds: ({ outcomes }) =>
        outcomes.length === EDITS.length && outcomes.every((outcome) => outcome === 'applied'),
    },
    {
      says: 'the profile holds what HubSpot holds',
      holds: ({ profile }) => EDITS.every(({ attribute, after }) => profile[attribute] === after),
    },
  ],
}
