// The engine's refusals, word for word where Adobe prints them.
// Documented texts: AdobeDocs campaign.en limitations (column Campaign Standard), campaign-standard.en
// troubleshooting. The pages show services; the wording for profiles is inferred from them.
import { type HttpAnswer, textAnswer } from './answer.ts'

const generalLine = 'RST-360011 An error has occurred - please contact your administrator.'

/** The bare 500, also the base of every inferred refusal. */
export const engineFailure = (...details: string[]) => textAnswer(500, [generalLine, ...details])

/** A URL that no resource answers (adobe/aio-lib-campaign-standard issue 51). */
export const badUrl = () => textAnswer(404, [generalLine, 'Error rc=-2003'])

/** "Use an invalid PKey" of the limitations page; the same in the URL and in a body. */
export const malformedKey = (key: string, schema: string) => {
  const name = key.replace(/^@/, '')
  return textAnswer(500, [
    `'${name}' attribute unknown (see definition of '${schema}' schema).`,
    `XTK-170036 Unable to parse expression '@id = @${name}'.`,
  ])
}

/** "Using non-existing raw-id in URI" of the limitations page. That a deleted record's PKey gets it too is inferred. */
export const unknownRecord = (path: string, key: string) =>
  textAnswer(404, [
    generalLine,
    `Unable to find document with path '${path}' from key '${key}:0' (document with schema '${path.toLowerCase()}' and name '${key}')`,
  ])

export const unknownProperty = (name: string) =>
  textAnswer(500, [`'${name}' property is not valid for the 'profile' resource.`])

export const readOnlyProperty = (name: string) =>
  textAnswer(500, [
    `Cannot update the '${name}' property that is read-only`,
    `'${name}' property is not valid for the 'profile' resource.`,
  ])

export const badEnumeration = (name: string, value: string) =>
  engineFailure(
    `The value '${value}' is not valid for the 'nms:recipient:${name}' enumeration of the '@${name}' field`,
  )

/** Inferred: Adobe documents no text for a value of the wrong type or length, or one that a data policy refuses. */
export const badValue = (name: string, reason: string) =>
  engineFailure(`The value of the '@${name}' field is not valid: ${reason}.`)

export const keyChange = (from: string, to: string) =>
  engineFailure(
    `RST-360012 Inconsistent operation on resource 'profile' – Cannot update key '${from}' to '${to}'.`,
  )

export const duplicateKey = (field: string, key: string): HttpAnswer =>
  textAnswer(500, [
    `A 'Profile' with the same key '${key}' already exists.`,
    `PGS-220000 PostgreSQL error: ERROR:  duplicate key value violates unique constraint "nmsrecipient_${field.toLowerCase()}" DETAIL:  Key (s${field.toLowerCase()})=(${key}) already exists.`,
  ])

/** Seen in the end-to-end test of adobe/aio-lib-campaign-standard; the status is inferred. */
export const malformedBody = (text: string) =>
  textAnswer(500, [`'${text.trim().split(/\s/, 1)[0]?.slice(0, 40) ?? ''}' is not a valid constant`])
