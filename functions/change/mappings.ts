// The one file to edit: which CRMs send, what their fields are called in Campaign, and your own `cus…` attributes.
// A source is reachable at /webhooks/<name> once it is named here and has a secret. Read at start; every fault is named.
import type { Mappings } from './mapping.ts'

export const mappings: Mappings = {
  sources: {
    // Our own documented format: {"id", "occurredAt", "match", "set"}, signed with Standard Webhooks.
    direct: { kind: 'direct' },

    hubspot: {
      kind: 'hubspot',
      // Before you go live put your portal ids here, for example ['62515']: events of others are then ignored.
      tenants: 'any',
      match: [{ field: 'objectId', attribute: 'cusCrmId' }],
      fields: {
        email: 'email',
        firstname: 'firstName',
        lastname: 'lastName',
        phone: 'phone',
        mobilephone: 'mobilePhone',
        date_of_birth: 'birthDate',
        salutation: 'salutation',
        city: 'location.city',
        zip: 'location.zipCode',
        hs_email_optout: 'blackListEmail',
      },
    },

    // A system of your own on AWS: its events on the EventBridge bus, by their `source`. It needs no secret there.
    // crm: { kind: 'direct', bus: ['com.example.crm'] },
  },

  // The source of messages put straight into the inbox that name none.
  // inbox: 'crm',

  // The type of every custom attribute that is matched by or written.
  attributes: {
    cusCrmId: { type: 'text', maxLength: 100 },
    cusLoyaltyId: { type: 'text', maxLength: 100 },
    cusTier: { type: 'text', maxLength: 100 },
    cusScore: { type: 'number' },
    cusVip: { type: 'boolean' },
  },

  // The organizational unit of profiles that are created, by name or label, where their changes name none. Not on v8.
  // orgUnit: 'All',

  // Custom filters of your instance: profiles can then be matched by these attributes too.
  // filters: { cusLoyaltyId: { name: 'byLoyaltyId', parameter: 'loyaltyId_parameter' } },
}
