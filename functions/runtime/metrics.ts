// What is counted and measured: a closed list of names, with no dimension but the service and, of changes, the outcome.
import type { Outcome, ParkedCode } from '../change/outcome.ts'
import type { ProblemCode } from '../change/read/problem.ts'

/** One per function in the log, and the dimension `service`; `deliver-now` is deliver, since a change ends once. */
export type Service = 'accept' | 'deliver' | 'mover'

/** By name: the service that tells it, and its unit (of CloudWatch). */
export const METRICS = {
  /** Events that became changes, of deliveries taken. */
  Accepted: { service: 'accept', unit: 'Count' },
  /** Events that concern nobody here, of deliveries taken. */
  Ignored: { service: 'accept', unit: 'Count' },
  /** Events that cannot be understood, of deliveries taken. */
  Rejected: { service: 'accept', unit: 'Count' },
  /** Requests answered 503, and messages left in the inbox, because a secret cannot be read or is not what it should be. */
  SecretUnavailable: { service: 'accept', unit: 'Count' },
  /** Lines `change.delivered`, by `outcome`: ends of changes, and now and then that one is tried again. */
  Changes: { service: 'deliver', unit: 'Count' },
  /** How long a change has taken to its end. */
  Age: { service: 'deliver', unit: 'Milliseconds' },
  /** How long a message has lain in the changes queue that goes back to it, told at every try. */
  DeferredAge: { service: 'deliver', unit: 'Milliseconds' },
  /** The same of the consent queue. */
  DeferredConsentAge: { service: 'deliver', unit: 'Milliseconds' },
  /** Requests sent to Campaign, whatever for. */
  EngineCalls: { service: 'deliver', unit: 'Count' },
  /** Batches that were not begun because Campaign is away. */
  BreakerOpen: { service: 'deliver', unit: 'Count' },
  /**
   * How often what only an operator can mend was met (`campaign.configuration`: credentials, organization, product profile
   * …); calls that succeed tell 0.
   */
  ConfigurationFault: { service: 'deliver', unit: 'Count' },
  /** Lines `consent.unmatched`: somebody has opted out whom Campaign does not know and may still write to. */
  UnmatchedOptOut: { service: 'deliver', unit: 'Count' },
} as const satisfies Readonly<Record<string, Told>>

type Told = { readonly service: Service; readonly unit: 'Count' | 'Milliseconds' }

/** `attribute-unknown` to `AttributeUnknown`. */
type Pascal<Text extends string> = Text extends `${infer First}-${infer Rest}`
  ? `${Capitalize<First>}${Pascal<Rest>}`
  : Capitalize<Text>

export type ParkedMetric = `Parked${Pascal<ParkedCode | ProblemCode>}`

/** What has no outcome beside the service. */
export type MetricName = Exclude<keyof typeof METRICS, 'Changes'> | ParkedMetric

/**
 * The name under which what is put aside for a person is counted (unit Count), since a code is no dimension: ParkedCode by
 * deliver, ProblemCode by accept.
 */
export const parkedMetric = (code: ParkedCode | ProblemCode): ParkedMetric =>
  // A template of strings is only a string to the compiler.
  `Parked${code.split('-').map(capitalized).join('')}` as ParkedMetric

const capitalized = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)

/** Callers give numbers and words of closed sets, never what somebody sent. */
export type Metrics = {
  readonly add: (name: MetricName, value: number) => void
  /** Counts one of `Changes`. */
  readonly addChange: (outcome: Outcome['outcome']) => void
}
