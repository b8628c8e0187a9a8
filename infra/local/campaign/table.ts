// The rows of one resource, with their indexes. Only what differs from the default is stored.
import type { Value } from './attribute.ts'

/** Keyed by attribute names that the schema knows, hence never `__proto__`; `location.city` for nested ones, a link as the id of its record. */
export type Stored = Record<string, Value>
export type Row = { id: number; stored: Stored; created: number; lastModified: number }

export const textOf = (row: Row, name: string): string => String(row.stored[name] ?? '')

export type Table = ReturnType<typeof createTable>

export const createTable = () => {
  // Ids are never used twice, so that the PKey of a cleared row names nobody else.
  let rows: (Row | undefined)[] = []
  let firstId = 1
  let size = 0
  let keyName: string | null = null
  const byKey = new Map<string, number>()
  const byEmail = new Map<string, number | Set<number>>()

  const indexEmail = ({ id }: Row, email: string) => {
    if (email === '') return
    const held = byEmail.get(email)
    if (held === undefined) byEmail.set(email, id)
    else if (typeof held === 'number') byEmail.set(email, new Set([held, id]))
    else held.add(id)
  }
  const unindexEmail = ({ id }: Row, email: string) => {
    const held = byEmail.get(email)
    if (held === id) byEmail.delete(email)
    else if (held instanceof Set) held.delete(id)
  }
  const emailOf = (row: Row) => textOf(row, 'email').toLowerCase()
  const keyOf = (row: Row) => (keyName === null ? '' : textOf(row, keyName))

  const index = (row: Row) => {
    indexEmail(row, emailOf(row))
    const key = keyOf(row)
    if (key !== '') byKey.set(key, row.id)
  }
  const unindex = (row: Row) => {
    unindexEmail(row, emailOf(row))
    const key = keyOf(row)
    if (key !== '') byKey.delete(key)
  }
  const get = (id: number) => rows[id - firstId]

  /** In the order of creation, after the given id. */
  function* after(id = 0): Generator<Row> {
    for (let at = Math.max(0, id - firstId + 1); at < rows.length; at += 1) {
      const row = rows[at]
      if (row) yield row
    }
  }

  return {
    size: () => size,
    get,
    after,
    add: (stored: Stored, created: number, lastModified: number): Row => {
      const row = { id: firstId + rows.length, stored, created, lastModified }
      rows.push(row)
      size += 1
      index(row)
      return row
    },
    change: (row: Row, stored: Stored, lastModified: number) => {
      unindex(row)
      row.stored = stored
      row.lastModified = lastModified
      index(row)
    },
    remove: (row: Row) => {
      unindex(row)
      rows[row.id - firstId] = undefined
      size -= 1
    },
    clear: () => {
      firstId += rows.length
      rows = []
      size = 0
      byKey.clear()
      byEmail.clear()
    },
    withKey: (key: string): Row | undefined => {
      const id = byKey.get(key)
      return id === undefined ? undefined : get(id)
    },
    /** Ascending ids of those whose email is this one but for case. */
    idsWithEmail: (email: string): number[] => {
      const held = byEmail.get(email.toLowerCase())
      if (held === undefined) return []
      return typeof held === 'number' ? [held] : [...held].sort((left, right) => left - right)
    },
    /** A value of the attribute that two rows share: then it cannot be the key. */
    sharedValue: (name: string | null): string | undefined => {
      const seen = new Set<string>()
      for (const row of name === null ? [] : after()) {
        const key = textOf(row, String(name))
        if (key !== '' && seen.has(key)) return key
        seen.add(key)
      }
      return undefined
    },
    /** Makes an attribute that no two rows share the key. */
    useKey: (name: string | null): void => {
      keyName = name
      byKey.clear()
      for (const row of name === null ? [] : after()) {
        const key = keyOf(row)
        if (key !== '') byKey.set(key, row.id)
      }
    },
  }
}
