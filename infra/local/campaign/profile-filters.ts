// The stock filters of profiles: AdobeDocs campaign-standard.en datamodel-profile, filtering, retrieving-profiles.
// Those that ask for deliveries, audiences and birthdays are not emulated.
import { byTextIn, byValue, type Filter, type FilterCall, withoutParameter } from './filter.ts'
import { findLinked } from './links.ts'
import { textOf } from './table.ts'

const stockFields = ['email', 'firstName', 'lastName']
const anyText = byTextIn('By name or email', ['email', 'lastName'])

/** `filterType=Hobby` means the attribute cusHobby and its parameter; the page shows that form only. */
const searched = ({ resource, extended, query }: FilterCall, type: string) => {
  if (stockFields.includes(type)) return { name: type, text: query.get('text') }
  const name = type.startsWith('cus') ? type : `cus${type}`
  const known = extended && resource.attributes.byName.has(name)
  return known ? { name, text: query.get(name) ?? query.get('text') } : undefined
}

/** With `filterType`: case-sensitive, prefixes only (AdobeDocs retrieving-profiles, "Searching for profiles based on a field"). */
const byText: Filter = {
  label: anyText.label,
  parameters: ['text', 'filterType'],
  select: (call) => {
    const type = call.query.get('filterType')
    if (type === null) return anyText.select(call)
    const field = searched(call, type)
    if (!field) return { refusal: call.instance.errors.failure(`The filterType '${type}' is not valid.`) }
    const { name, text } = field
    return text === null
      ? withoutParameter(call.instance, 'text')
      : { test: (row) => textOf(row, name).startsWith(text) }
  },
}

/** Who subscribed to a service, named by its PKey or its name (the form of the parameter is inferred). */
const subscribers: Filter = {
  label: 'Subscribers of a service',
  parameters: ['service'],
  select: ({ instance, query }) => {
    const given = query.get('service')
    const services = instance.resources.get('service')
    if (given === null || !services) return withoutParameter(instance, 'service')
    const service = findLinked(instance, services, given)
    if ('refusal' in service) return service
    const ids = new Set(instance.subscriptions.ofService(service.value.id).map(({ profile }) => profile))
    return { test: (row) => ids.has(row.id), ids: [...ids].sort((left, right) => left - right) }
  },
}

export const profileFilters: readonly [string, Filter][] = [
  ['byEmail', byValue('By email', 'email', 'email')],
  ['byKeysProfile', byValue('By reconciliation key', 'email', 'email')],
  ['byText', byText],
  ['subscribers', subscribers],
]
