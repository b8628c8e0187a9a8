// Settings that name each other: keys, filters, links.
import { ControlRefusal } from './control-refusal.ts'
import type { Resource } from './resource.ts'
import type { FieldType, Settings } from './settings.ts'

const refuse = (where: string, reason: string): never => {
  throw new ControlRefusal(`settings.${where}: ${reason}`)
}

const checkFilters = ({ filters, dialect }: Settings, resources: ReadonlyMap<string, Resource>) => {
  for (const [name, { attribute, resource = 'profile' }] of Object.entries(filters)) {
    // The prefix is Standard's (AdobeDocs campaign-standard.en filtering); v8 has dropped it.
    if (dialect === 'standard' && !/^by[A-Za-z0-9_]+$/.test(name)) {
      refuse(`filters.${name}`, 'custom filters are named by…')
    }
    const attributes = resources.get(resource)?.attributes
    if (!attributes) refuse(`filters.${name}`, `there is no resource ${resource}`)
    if (!attributes?.byName.has(attribute)) refuse(`filters.${name}`, `there is no attribute ${attribute}`)
  }
}

const checkLinks = (
  where: string,
  fields: Readonly<Record<string, FieldType>>,
  resources: ReadonlyMap<string, Resource>,
) => {
  for (const [field, type] of Object.entries(fields)) {
    if (typeof type !== 'string' && !resources.has(type.link)) {
      refuse(`${where}.${field}`, `there is no resource ${type.link}`)
    }
  }
}

const checkCustomResources = ({ customResources }: Settings, resources: ReadonlyMap<string, Resource>) => {
  for (const [name, { key, fields }] of Object.entries(customResources)) {
    if (key !== null && fields[key] !== 'string') {
      refuse(`customResources.${name}.key`, `${key} is not a field of type string`)
    }
    checkLinks(`customResources.${name}.fields`, fields, resources)
  }
}

export const checkSettings = (settings: Settings, resources: ReadonlyMap<string, Resource>): void => {
  const { businessKey, customFields, unique, readOnly, droppedFields, dataPolicies } = settings
  if (businessKey !== null && customFields[businessKey] !== 'string') {
    refuse('businessKey', `${businessKey} is not a custom field of type string`)
  }
  checkLinks('customFields', customFields, resources)
  const attributes = resources.get('profile')?.attributes.byName
  for (const name of unique) {
    if (attributes?.get(name)?.type !== 'string') {
      refuse('unique', `there is no attribute ${name} of type string`)
    }
  }
  const named = { readOnly, droppedFields, dataPolicies: Object.keys(dataPolicies) }
  for (const [setting, names] of Object.entries(named)) {
    const unknown = names.find((name) => !attributes?.has(name))
    if (unknown !== undefined) refuse(setting, `there is no attribute ${unknown}`)
  }
  checkFilters(settings, resources)
  checkCustomResources(settings, resources)
}
