// What a change asks for, and what it has to hold for that, or must not.
import { ACTIONS, type Action, type MatchEntry } from '../change.ts'
import { type Problem, pointerTo } from './problem.ts'

/** `update` where nothing is said: only who asks for it creates or deletes. Undefined where there is no such action. */
export const readAction = (given = 'update'): Action | undefined => ACTIONS.find((action) => action === given)

type Given = { readonly set?: unknown; readonly restate?: unknown; readonly match: readonly MatchEntry[] }

/** What is wrong with a change as a whole; `match` is empty where it could not be read. */
export const actionProblems = (action: Action | undefined, given: Given, at: string): readonly Problem[] => {
  const invalid = (detail: string, pointer = at): Problem => ({ code: 'invalid', detail, pointer })
  switch (action) {
    case 'update':
      return given.set === undefined && given.restate === undefined
        ? [invalid('must hold set or restate')]
        : []
    case 'upsert':
      // Campaign makes PKeys itself; every other entry of a match becomes a value of the new profile.
      return given.match.length > 0 && given.match.every(({ attribute }) => attribute === 'PKey')
        ? [
            {
              code: 'match-not-supported',
              detail: 'a profile cannot be created by its PKey',
              pointer: `${at}/match`,
            },
          ]
        : []
    case 'delete':
      return (['set', 'restate'] as const)
        .filter((key) => given[key] !== undefined)
        .map((key) => invalid('a deletion holds neither set nor restate', pointerTo(at, key)))
    case undefined:
      return [
        {
          code: 'action-not-supported',
          detail: `must be one of ${ACTIONS.join(', ')}`,
          pointer: `${at}/action`,
        },
      ]
  }
}
