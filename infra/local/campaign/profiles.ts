// The table of profiles, with its indexes. Only what differs from the default is stored.
import type { Value } from './attributes.ts'

/** Keyed by attribute names that the schema knows, hence never `__proto__`; `location.city` for nested ones, a link as the id of its record. */
export type Stored = Record<string, Value>
export type Profile = { id: number; stored: Stored; created: number; lastModified: number }

export const textOf = (profile: Profile, name: string): string => String(profile.stored[name] ?? '')

export type Profiles = ReturnType<typeof createProfiles>

export const createProfiles = () => {
  // Ids are never used twice, so that the PKey of a cleared profile names nobody else.
  let rows: (Profile | undefined)[] = []
  let firstId = 1
  let size = 0
  let keyName: string | null = null
  const byKey = new Map<string, number>()
  const byEmail = new Map<string, number | Set<number>>()

  const indexEmail = ({ id }: Profile, email: string) => {
    if (email === '') return
    const held = byEmail.get(email)
    if (held === undefined) byEmail.set(email, id)
    else if (typeof held === 'number') byEmail.set(email, new Set([held, id]))
    else held.add(id)
  }
  const unindexEmail = ({ id }: Profile, email: string) => {
    const held = byEmail.get(email)
    if (held === id) byEmail.delete(email)
    else if (held instanceof Set) held.delete(id)
  }
  const emailOf = (profile: Profile) => textOf(profile, 'email').toLowerCase()
  const keyOf = (profile: Profile) => (keyName === null ? '' : textOf(profile, keyName))

  const index = (profile: Profile) => {
    indexEmail(profile, emailOf(profile))
    const key = keyOf(profile)
    if (key !== '') byKey.set(key, profile.id)
  }
  const unindex = (profile: Profile) => {
    unindexEmail(profile, emailOf(profile))
    const key = keyOf(profile)
    if (key !== '') byKey.delete(key)
  }
  const get = (id: number) => rows[id - firstId]

  /** In the order of creation, after the given id. */
  function* after(id = 0): Generator<Profile> {
    for (let at = Math.max(0, id - firstId + 1); at < rows.length; at += 1) {
      const row = rows[at]
      if (row) yield row
    }
  }

  return {
    size: () => size,
    get,
    after,
    add: (stored: Stored, created: number, lastModified: number): Profile => {
      const profile = { id: firstId + rows.length, stored, created, lastModified }
      rows.push(profile)
      size += 1
      index(profile)
      return profile
    },
    change: (profile: Profile, stored: Stored, lastModified: number) => {
      unindex(profile)
      profile.stored = stored
      profile.lastModified = lastModified
      index(profile)
    },
    remove: (profile: Profile) => {
      unindex(profile)
      rows[profile.id - firstId] = undefined
      size -= 1
    },
    clear: () => {
      firstId += rows.length
      rows = []
      size = 0
      byKey.clear()
      byEmail.clear()
    },
    withKey: (key: string): Profile | undefined => {
      const id = byKey.get(key)
      return id === undefined ? undefined : get(id)
    },
    /** Ascending ids of those whose email is this one but for case. */
    idsWithEmail: (email: string): number[] => {
      const held = byEmail.get(email.toLowerCase())
      if (held === undefined) return []
      return typeof held === 'number' ? [held] : [...held].sort((left, right) => left - right)
    },
    /** Makes an attribute the business key; answers a value that two profiles share, and changes nothing then. */
    useKey: (name: string | null): string | undefined => {
      const next = new Map<string, number>()
      for (const profile of after()) {
        const key = name === null ? '' : textOf(profile, name)
        if (key !== '' && next.has(key)) return key
        if (key !== '') next.set(key, profile.id)
      }
      keyName = name
      byKey.clear()
      for (const [key, id] of next) byKey.set(key, id)
      return undefined
    },
  }
}
