// Filters: which profiles a collection holds.
// Stock ones: AdobeDocs campaign-standard.en datamodel-profile; custom ones: filtering, uc-calling-resource-id-key.
import type { HttpAnswer } from './answer.ts'
import { engineFailure } from './engine-error.ts'
import type { Instance } from './instance.ts'
import { type Profile, textOf } from './profiles.ts'
import type { Settings } from './settings.ts'

type Filter = { attribute: string; parameter: string }

const stockFilters = new Map<string, Filter>([
  ['byEmail', { attribute: 'email', parameter: 'email' }],
  ['byKeysProfile', { attribute: 'email', parameter: 'email' }],
])

/** Custom filters exist on profileAndServicesExt only. */
export const findFilter = (settings: Settings, name: string, extended: boolean): Filter | undefined =>
  stockFilters.get(name) ??
  (extended && Object.hasOwn(settings.filters, name) ? settings.filters[name] : undefined)

const emailTests: Record<Settings['emailMatch'], (held: string, given: string) => boolean> = {
  exact: (held, given) => held === given,
  ignoreCase: (held, given) => held.toLowerCase() === given.toLowerCase(),
  prefix: (held, given) => held.startsWith(given),
}

const selectOne = (instance: Instance, { attribute, parameter }: Filter, query: URLSearchParams) => {
  const { settings, profiles } = instance
  const given = query.get(parameter)
  // Inferred: nobody says what a filter does without its parameter; to answer everybody would be the worst.
  if (given === null) return engineFailure(`The '${parameter}' parameter of the filter is missing.`)
  const isEmail = attribute === 'email'
  const matches = isEmail ? emailTests[settings.emailMatch] : emailTests.exact
  const test = (profile: Profile) => matches(textOf(profile, attribute), given)
  if (given !== '' && isEmail && settings.emailMatch !== 'prefix') {
    return { test, ids: profiles.idsWithEmail(given) }
  }
  if (given !== '' && attribute === settings.businessKey) {
    const found = profiles.withKey(given)
    return { test, ids: found ? [found.id] : [] }
  }
  return { test, ids: undefined }
}

/** Several filters combine by AND (inferred). Answers the matching profiles after an id, in order of creation. */
export const selectProfiles = (
  instance: Instance,
  filters: readonly Filter[],
  query: URLSearchParams,
): { refusal: HttpAnswer } | { after: (id: number) => Iterable<Profile> } => {
  const tests: ((profile: Profile) => boolean)[] = []
  let candidates: number[] | undefined
  for (const filter of filters) {
    const selected = selectOne(instance, filter, query)
    if ('kind' in selected) return { refusal: selected }
    tests.push(selected.test)
    candidates ??= selected.ids
  }
  const { profiles } = instance
  const ids = candidates
  return {
    *after(id) {
      const rows = ids
        ? ids.flatMap((candidate) => (candidate > id ? (profiles.get(candidate) ?? []) : []))
        : profiles.after(id)
      for (const profile of rows) if (tests.every((test) => test(profile))) yield profile
    },
  }
}
