// What no source says about Campaign, each a setting. The defaults are the likely behaviour; the others are
// there to see how a client fares if Campaign is different.
import * as z from 'zod'

export const uncertainShape = {
  /** How a filter compares an email address. */
  emailMatch: z.enum(['exact', 'ignoreCase', 'prefix']),
  /** How `byText` compares without `filterType`. */
  textMatch: z.enum(['prefix', 'contains']),
  /** `/profile/by…` that is no filter: an error, or the whole collection. */
  unknownFilter: z.enum(['refuse', 'ignore']),
  /** A filter without its parameter: an error, or the whole collection. */
  missingParameter: z.enum(['refuse', 'ignore']),
  /** `_order` by what cannot be sorted. */
  unsortable: z.enum(['refuse', 'ignore']),
  /** Lines of a page at most, whatever `_lineCount` says; 0 is no maximum. */
  maxLineCount: z.number().int().min(0),
  /** Whether a business key wins in a URL over a filter or an attribute of the same name. */
  keyFirst: z.boolean(),
  /** null in a body. */
  nullValues: z.enum(['clear', 'refuse', 'ignore']),
  /** Text beyond the length of its attribute. */
  longText: z.enum(['refuse', 'truncate', 'keep']),
  /** A number for a text and so on; `convert` refuses only what cannot be converted. */
  wrongType: z.enum(['refuse', 'convert']),
  /** An attribute that does not exist. */
  unknownAttribute: z.enum(['refuse', 'ignore']),
  /** Values of preferredLanguage besides `none`; null takes any text. */
  preferredLanguages: z.array(z.string()).nullable(),
  /** Profile attributes that cannot be written, besides those known to be read-only. */
  readOnly: z.array(z.string()),
  /** v8: profile attributes whose column the migration dropped; they read as empty. Which these are is not listed. */
  droppedFields: z.array(z.string()),
  /** Attribute → what its data policy does. */
  dataPolicies: z.record(z.string(), z.enum(['email', 'smartCase'])),
  /** Profile attributes of type text that no two profiles may share unless empty, besides the business key. */
  unique: z.array(z.string()),
  /** PATCH on the bare collection: an error, or the record whose key stands in the body. */
  patchCollection: z.enum(['refuse', 'byKey']),
  /** What a DELETE answers with its 200. */
  deleteBody: z.enum(['empty', 'key']),
  /** What a POST to subscriptions answers. */
  subscribeStatus: z.union([z.literal(200), z.literal(201)]),
  /** v8: whether the refusal of a read-only attribute names it, or collapses like most. */
  v8ReadOnly: z.enum(['named', 'collapsed']),
  /** The engine's errors as `text/plain` lines or as one JSON string. */
  errorFormat: z.enum(['text', 'json']),
  /** Larger bodies get 413; 0 is no maximum. */
  maxBodyBytes: z.number().int().min(0),
  /** More calls under way at once get 429; 0 is no maximum. */
  concurrentCalls: z.number().int().min(0),
  /** Each answer names a record by a new PKey; older ones still resolve. */
  unstablePKeys: z.boolean(),
}

export const uncertainDefaults = {
  emailMatch: 'exact',
  textMatch: 'prefix',
  unknownFilter: 'refuse',
  missingParameter: 'refuse',
  unsortable: 'refuse',
  maxLineCount: 0,
  keyFirst: false,
  nullValues: 'clear',
  longText: 'refuse',
  wrongType: 'refuse',
  unknownAttribute: 'refuse',
  preferredLanguages: null,
  readOnly: [],
  droppedFields: [],
  dataPolicies: { email: 'email' },
  unique: [],
  patchCollection: 'refuse',
  deleteBody: 'empty',
  subscribeStatus: 201,
  v8ReadOnly: 'named',
  errorFormat: 'text',
  maxBodyBytes: 0,
  concurrentCalls: 0,
  unstablePKeys: false,
} as const
