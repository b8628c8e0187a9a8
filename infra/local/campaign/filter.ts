// Filters: which rows a collection holds. Parameters missing and filters unknown are nobody's documented
// business; the settings `missingParameter` and `unknownFilter` say what happens.
import type { HttpAnswer } from './answer.ts'
import type { Instance } from './instance.ts'
import type { Resource } from './resource.ts'
import { type Row, textOf } from './table.ts'

/** `ids`: an index already says which rows come into question. */
export type Selected = { test: (row: Row) => boolean; ids?: readonly number[] | undefined }

export type FilterCall = {
  instance: Instance
  resource: Resource
  extended: boolean
  query: URLSearchParams
}

export type Filter = {
  label: string
  parameters: readonly string[]
  /** Of custom filters: which attribute is compared, for metadata. */
  select: (call: FilterCall) => Selected | { refusal: HttpAnswer }
}

export const everyRow: Selected = { test: () => true }

/** To answer everybody would be the worst, so a missing parameter is refused unless the setting says otherwise. */
export const withoutParameter = ({ settings, errors }: Instance, parameter: string) =>
  settings.missingParameter === 'ignore'
    ? everyRow
    : { refusal: errors.failure(`The '${parameter}' parameter of the filter is missing.`) }

const emailTests = {
  exact: (held: string, given: string) => held === given,
  ignoreCase: (held: string, given: string) => held.toLowerCase() === given.toLowerCase(),
  prefix: (held: string, given: string) => held.startsWith(given),
}

/** Compares one attribute with one parameter: byEmail, byChannel, and every custom filter. */
export const byValue = (label: string, attribute: string, parameter: string): Filter => ({
  label,
  parameters: [parameter],
  select: ({ instance, resource, query }) => {
    const given = query.get(parameter)
    if (given === null) return withoutParameter(instance, parameter)
    const { emailMatch } = instance.settings
    const isEmail = attribute === 'email'
    const matches = isEmail ? emailTests[emailMatch] : emailTests.exact
    const empty = String(resource.attributes.byName.get(attribute)?.empty ?? '')
    const test = (row: Row) => matches(String(row.stored[attribute] ?? empty), given)
    if (given === '') return { test }
    if (isEmail && emailMatch !== 'prefix') return { test, ids: resource.table.idsWithEmail(given) }
    if (attribute === resource.keyName) {
      const found = resource.table.withKey(given)
      return { test, ids: found ? [found.id] : [] }
    }
    return { test }
  },
})

/** Looks a text up in some attributes; prefix or containing is contradictory in Adobe's pages (`textMatch`). */
export const byTextIn = (label: string, attributes: readonly string[]): Filter => ({
  label,
  parameters: ['text'],
  select: ({ instance, query }) => {
    const given = query.get('text')
    if (given === null) return withoutParameter(instance, 'text')
    const { textMatch } = instance.settings
    const hits = (held: string) => (textMatch === 'prefix' ? held.startsWith(given) : held.includes(given))
    return { test: (row) => attributes.some((name) => hits(textOf(row, name))) }
  },
})
