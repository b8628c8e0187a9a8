// The refusals of Campaign v8: most collapse to one sentence without a code or a detail.
// AdobeDocs campaign.en limitations (column Campaign v8). What that page does not list is inferred:
// unknown URLs, and that read-only and unknown attributes keep the sentence that it prints for `zipCode`.
import { textAnswer } from './answer.ts'
import { type EngineErrors, pathOf } from './engine-error.ts'
import type { Settings } from './settings.ts'
import { standardErrors } from './standard-errors.ts'

/** The page lists it for generic errors, duplicates, changed keys and enumerations. */
const collapsed = () => textAnswer(500, ['An error has occurred - please contact your administrator.'])

const v8Errors: EngineErrors = {
  failure: collapsed,
  badEnumeration: collapsed,
  keyChange: collapsed,
  duplicateKey: collapsed,
  badValue: collapsed,
  malformedBody: collapsed,

  badUrl: (endpoint) => textAnswer(404, [`Unsupported endpoint. (endpoint=${endpoint})`]),

  /** With the second line where the key stands in the URL. */
  malformedKey: (_resource, key, endpoint) =>
    textAnswer(404, [
      `Unable to decrypt PKey. (PKey=${key})`,
      ...(endpoint === undefined ? [] : [`Unsupported endpoint. (endpoint=${endpoint})`]),
    ]),

  unknownRecord: (resource, key) =>
    textAnswer(404, [
      `Unable to find document with path '${pathOf(resource)}' from key '${key}' (document with schema '${resource.name}' and name '${key}')`,
    ]),

  unknownProperty: standardErrors.unknownProperty,
  readOnlyProperty: standardErrors.readOnlyProperty,
}

export const v8ErrorsWith = ({ v8ReadOnly }: Pick<Settings, 'v8ReadOnly'>): EngineErrors =>
  v8ReadOnly === 'named' ? v8Errors : { ...v8Errors, readOnlyProperty: collapsed }
