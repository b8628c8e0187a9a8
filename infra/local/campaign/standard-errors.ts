// The refusals of Campaign Standard, word for word where Adobe prints them.
// Documented texts: AdobeDocs campaign.en limitations (column Campaign Standard), campaign-standard.en
// troubleshooting. The pages show services; the wording for other resources is inferred from them.
import { textAnswer } from './answer.ts'
import { type EngineErrors, pathOf } from './engine-error.ts'

const generalLine = 'RST-360011 An error has occurred - please contact your administrator.'
const failure = (...details: string[]) => textAnswer(500, [generalLine, ...details])

export const standardErrors: EngineErrors = {
  failure,

  /** A URL that no resource answers (adobe/aio-lib-campaign-standard issue 51). */
  badUrl: () => textAnswer(404, [generalLine, 'Error rc=-2003']),

  /** "Use an invalid PKey" of the limitations page; the same in the URL and in a body. */
  malformedKey: ({ label, schema }, key) => {
    const name = key.replace(/^@/, '')
    return textAnswer(500, [
      `'${name}' attribute unknown (see definition of '${label} (${schema})' schema).`,
      `XTK-170036 Unable to parse expression '@id = @${name}'.`,
    ])
  },

  /** "Using non-existing raw-id" of the limitations page. That a deleted record's PKey gets it too is inferred. */
  unknownRecord: (resource, key, endpoint) =>
    textAnswer(404, [
      generalLine,
      `Unable to find document with path '${pathOf(resource)}' from key '${key}${endpoint === undefined ? '' : ':0'}' (document with schema '${resource.name}' and name '${key}')`,
    ]),

  unknownProperty: (resource, name) =>
    textAnswer(500, [`'${name}' property is not valid for the '${resource.name}' resource.`]),

  readOnlyProperty: (resource, name) =>
    textAnswer(500, [
      `Cannot update the '${name}' property that is read-only`,
      `'${name}' property is not valid for the '${resource.name}' resource.`,
    ]),

  badEnumeration: ({ schema }, name, value) =>
    failure(
      `The value '${value}' is not valid for the '${schema}:${name}' enumeration of the '@${name}' field`,
    ),

  /** Inferred: Adobe documents no text for a value of the wrong type or length, or one that a data policy refuses. */
  badValue: (name, reason) => failure(`The value of the '@${name}' field is not valid: ${reason}.`),

  keyChange: (resource, from, to) =>
    failure(
      `RST-360012 Inconsistent operation on resource '${resource.name}' – Cannot update key '${from}' to '${to}'.`,
    ),

  duplicateKey: (resource, field, key) =>
    textAnswer(500, [
      `A '${pathOf(resource)}' with the same key '${key}' already exists.`,
      `PGS-220000 PostgreSQL error: ERROR:  duplicate key value violates unique constraint "${resource.schema.replace(':', '').toLowerCase()}_${field.toLowerCase()}" DETAIL:  Key (s${field.toLowerCase()})=(${key}) already exists.`,
    ]),

  /**
   * The end-to-end test of adobe/aio-lib-campaign-standard finds this sentence in its error. Its client parses texts as
   * YAML and loses one that begins with a quoted word, so another line stands before it. The status is inferred.
   */
  malformedBody: (text) =>
    failure(`'${text.trim().split(/\s/, 1)[0]?.slice(0, 40) ?? ''}' is not a valid constant`),
}
