// What senders send: bodies as they look before they are signed.

/** A change of the direct format, long enough ago. */
export const directChange = (given: object = {}) => ({
  id: 'evt_1',
  occurredAt: '2026-01-01T00:00:00Z',
  match: { email: 'amy.dakota@mail.com' },
  set: { phone: '3301020304' },
  ...given,
})

/** A property event of HubSpot about a contact. */
export const hubspotEvent = (given: object = {}) => ({
  eventId: 1,
  subscriptionId: 25,
  portalId: 62515,
  appId: 1160452,
  occurredAt: 1759999999945,
  subscriptionType: 'contact.propertyChange',
  attemptNumber: 0,
  objectId: 1246965,
  changeSource: 'CRM_UI',
  propertyName: 'firstname',
  propertyValue: 'Zoë',
  ...given,
})
