// Changes become a row: keys stay unique, consent flags get their times, defaults are not stored.
import type { HttpAnswer } from './answer.ts'
import { showTime } from './dates.ts'
import type { Instance } from './instance.ts'
import type { Changes } from './record-body.ts'
import type { Resource } from './resource.ts'
import { type Row, type Stored, textOf } from './table.ts'

/** Inferred: no Adobe page says when the `…LastModified` times change. */
const stampFlags = ({ attributes }: Resource, stored: Stored, changes: Changes, now: number): Changes => {
  const stamped = new Map(changes)
  for (const [name, value] of changes) {
    const stamps = attributes.stampsOf.get(name)
    if (!stamps || value === (stored[name] ?? false)) continue
    for (const stamp of stamps) if (!changes.has(stamp)) stamped.set(stamp, showTime(now))
  }
  return stamped
}

const merge = ({ attributes }: Resource, stored: Stored, changes: Changes): Stored => {
  const merged: Stored = {}
  for (const name in stored) {
    const value = stored[name]
    if (value !== undefined && !changes.has(name)) merged[name] = value
  }
  for (const [name, value] of changes) {
    if (value !== attributes.byName.get(name)?.empty) merged[name] = value
  }
  return merged
}

const holderOf = ({ table, keyName }: Resource, name: string, value: string): Row | undefined => {
  if (name === keyName) return table.withKey(value)
  const candidates =
    name === 'email' ? table.idsWithEmail(value).flatMap((id) => table.get(id) ?? []) : table.after()
  for (const row of candidates) if (textOf(row, name) === value) return row
  return undefined
}

/** Empty values are not unique. Which attributes besides the key are is a setting. */
export const findDuplicate = (
  { settings, errors }: Instance,
  resource: Resource,
  changes: Changes,
  self?: Row,
): HttpAnswer | undefined => {
  const names = [
    ...(resource.keyName === null ? [] : [resource.keyName]),
    ...(resource.name === 'profile' ? settings.unique : []),
  ]
  for (const name of names) {
    const value = String(changes.get(name) ?? '')
    const holder = value === '' ? undefined : holderOf(resource, name, value)
    if (holder && holder !== self) return errors.duplicateKey(resource, name, value)
  }
  return undefined
}

const takeTime = (changes: Changes, name: string, otherwise: number): number => {
  const given = changes.get(name)
  changes.delete(name)
  return given === undefined || given === '' ? otherwise : Date.parse(String(given).replace(' ', 'T'))
}

/** Set-up may say when the record was created and last modified. */
export const addRecord = (instance: Instance, resource: Resource, given: Changes): Row => {
  const changes = new Map(given)
  const now = instance.time.now()
  const created = takeTime(changes, 'created', now)
  const lastModified = takeTime(changes, 'lastModified', Math.max(created, now))
  const stored = merge(resource, {}, stampFlags(resource, {}, changes, now))
  return resource.table.add(stored, created, lastModified)
}

/** A body without attributes writes nothing. */
export const changeRecord = (instance: Instance, resource: Resource, row: Row, changes: Changes): void => {
  if (changes.size === 0) return
  const now = instance.time.now()
  const stored = merge(resource, row.stored, stampFlags(resource, row.stored, changes, now))
  resource.table.change(row, stored, now)
}
