// The resource `service`: AdobeDocs campaign-standard.en datamodel-service, creating-a-service,
// perform-subscriptions. Its name is its key: AdobeDocs campaign.en limitations shows `service/adobe_nl`.
import { attribute, gather } from './attribute.ts'
import { byTextIn, byValue, type Filter } from './filter.ts'
import { kinds } from './keys.ts'
import { allVerbs, labelAndName, type Resource } from './resource.ts'
import type { Table } from './table.ts'

/** Defaults are those of the samples; which attributes are read-only is inferred. */
const all = [
  attribute('PKey', 'string', { writable: false }),
  attribute('href', 'string', { writable: false }),
  attribute('builtIn', 'boolean', { writable: false }),
  attribute('created', 'datetime', { writable: false }),
  attribute('lastModified', 'datetime', { writable: false }),
  attribute('title', 'string', { writable: false, maxLength: 255 }),
  attribute('subscriptions', 'other', { writable: false }),
  attribute('desc', 'string', { maxLength: 512 }),
  attribute('end', 'date'),
  attribute('isTemplate', 'boolean'),
  attribute('label', 'string', { maxLength: 128 }),
  attribute('limitedDuration', 'boolean'),
  attribute('messageType', 'enumeration', { values: new Set(['email', 'sms']), empty: 'email' }),
  attribute('mode', 'enumeration', { values: new Set(['newsletter', 'viral']), empty: 'newsletter' }),
  attribute('name', 'string', { maxLength: 64 }),
  attribute('publicLabel', 'string', { maxLength: 128 }),
  attribute('start', 'date'),
  attribute('subScenarioEventType', 'string', { empty: 'subscriptionEvent' }),
  attribute('targetResource', 'string', { maxLength: 255, empty: 'profile' }),
  attribute('unsubScenarioEventType', 'string'),
  attribute('validityDuration', 'number'),
]

const computed = new Set(['PKey', 'href', 'created', 'lastModified', 'title'])

const filters: readonly [string, Filter][] = [
  ['byChannel', byValue('By channel type', 'messageType', 'channel')],
  ['byText', byTextIn('By name or label', ['name', 'label'])],
  ['byTargetResource', byValue('By targeting resource', 'targetResource', 'targetResource')],
]

export const serviceResource = (table: Table): Resource => ({
  name: 'service',
  label: 'Services',
  help: 'Services',
  schema: 'nms:service',
  kind: kinds.service,
  apis: ['profileAndServices', 'profileAndServicesExt'],
  verbs: allVerbs,
  attributes: gather(all, computed),
  table,
  keyName: 'name',
  keyApis: ['profileAndServices', 'profileAndServicesExt'],
  filters: new Map(filters),
  customFilters: new Map(),
  hasSubscriptions: true,
  titleOf: labelAndName,
  derive: () => ({}),
  shownInLinks: ['label', 'name'],
})
