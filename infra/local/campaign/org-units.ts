// The organizational units: one, `All`, as on a new instance.
// Shape: AdobeDocs campaign-standard.en retrieving-an-organizational-unit, updating-profile-organizational-unit.
import { jsonAnswer } from './answer.ts'
import { showTime } from './dates.ts'
import { malformedKey, unknownRecord } from './engine-error.ts'
import type { Instance } from './instance.ts'
import type { Call } from './route.ts'
import type { Read } from './value.ts'

const all = { id: 1, name: 'all', label: 'All', title: 'All (all)' }
const created = showTime(Date.UTC(2019, 3, 2))

export const showOrgUnitLink = ({ keys, root, settings }: Instance, id: number) => {
  const key = keys.write('orgUnit', id, 'record', settings.unstablePKeys)
  return { PKey: key, href: `${root()}/profileAndServicesExt/orgUnitBase/${key}`, title: all.title }
}

const showOrgUnit = (instance: Instance) => {
  const { PKey, href, title } = showOrgUnitLink(instance, all.id)
  return {
    PKey,
    created,
    desc: '',
    href,
    label: all.label,
    lastModified: created,
    name: all.name,
    parentTitle: '',
    title,
  }
}

/** The id behind a PKey; links to what does not exist are refused like any malformed key. */
export const findOrgUnit = (instance: Instance, key: string): Read<number> => {
  const id = instance.keys.read('orgUnit', key)
  return id === undefined
    ? { refusal: malformedKey(key, 'Organizational units (nms:orgUnitBase)') }
    : { value: id }
}

export const listOrgUnits = (instance: Instance) =>
  jsonAnswer(200, { content: [showOrgUnit(instance)], serverSidePagination: true })

export const readOrgUnit = (instance: Instance, { key }: Call) => {
  if (!key.startsWith('@')) return unknownRecord('OrgUnitBase', key)
  const found = findOrgUnit(instance, key)
  if ('refusal' in found) return found.refusal
  const { href: _, ...unit } = showOrgUnit(instance)
  return jsonAnswer(200, unit)
}
