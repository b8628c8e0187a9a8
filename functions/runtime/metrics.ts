// What is counted and measured: a closed list of names, with no dimension but the service and, of changes, the outcome.
import type { Outcome, ParkedCode } from '../change/outcome.ts'
import type { ProblemCode } from '../change/read/problem.ts'

/** One per function in the log, and the dimension `service`; `deliver-now` is deliver, since a change ends once. */
export type Service = 'accept' | 'deliver' | 'mover'

/** By name: the service that tells it, its unit (of CloudWatch), and what it means. */
export const METRICS = {
  Accepted: { service: 'accept', unit: 'Count', means: 'events that became changes, of deliveries taken' },
  Ignored: {
    service: 'accept',
    unit: 'Count',
    means: 'events that concern nobody here, of deliveries taken',
  },
  Rejected: {
    service: 'accept',
    unit: 'Count',
    means: 'events that cannot be understood, of deliveries taken',
  },
  SecretUnavailable: {
    service: 'accept',
    unit: 'Count',
    means:
      'requests answered 503, and messages left in the inbox, because a secret cannot be read or is not what it should be',
  },
  Changes: {
    service: 'deliver',
    unit: 'Count',
    means:
      'lines `change.delivered`, by `outcome`: ends of changes, and now and then that one is tried again',
  },
  Age: { service: 'deliver', unit: 'Milliseconds', means: 'how long a change has taken to its end' },
  DeferredAge: {
    service: 'deliver',
    unit: 'Milliseconds',
    means: 'how long a message has lain in the changes queue that goes back to it, told at every try',
  },
  DeferredConsentAge: {
    service: 'deliver',
    unit: 'Milliseconds',
    means: 'the same of the consent queue',
  },
  EngineCalls: { service: 'deliver', unit: 'Count', means: 'requests sent to Campaign, whatever for' },
  BreakerOpen: {
    service: 'deliver',
    unit: 'Count',
    means: 'batches that were not begun because Campaign is away',
  },
  ConfigurationFault: {
    service: 'deliver',
    unit: 'Count',
    means:
      'how often what only an operator can mend was met (`campaign.configuration`: credentials, organization, product profile …); calls that succeed tell 0',
  },
  UnmatchedOptOut: {
    service: 'deliver',
    unit: 'Count',
    means:
      'lines `consent.unmatched`: somebody has opted out whom Campaign does not know and may still write to',
  },
} as const satisfies Readonly<Record<string, Meaning>>

type Meaning = { readonly service: Service; readonly unit: 'Count' | 'Milliseconds'; readonly means: string }

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
