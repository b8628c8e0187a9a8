// What a stage may be set to in cdk.json, and what is allowed for each.
import * as z from 'zod'

const ALLOWED = {
  account: 'must be the 12 digits of an AWS account',
  region: 'must be a region such as eu-west-1',
  sources: 'must be true or false',
  partnerBuses: 'must be a name such as aws.partner/example.com/1234/events',
  publicUrl: 'must be an https address without a slash at its end',
  moveWaitingEveryHours: 'must be whole hours from 1 to 24',
  alarmTopic: 'must be the ARN of an SNS topic',
  yesOrNo: 'must be true or false',
  setting: 'must be text, a number or left out',
  settings: 'must be an object such as {"BUSINESS_KEY": "cusCrmId"}',
  switches: 'must be an object such as {"hubspot": false}',
  concurrency: 'must be an object such as {"changes": 10}',
  stage: 'must be an object, {} for a stage with all defaults',
}
/** The days that CloudWatch Logs offers, up to two years. */
const RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const
const RETENTION = `must be one of ${RETENTIONS.join(', ')} days`

const between = (least: number, most: number) => {
  const allowed = `must be a whole number from ${least} to ${most}`
  return z.int(allowed).min(least, allowed).max(most, allowed)
}
const yesOrNo = z.boolean(ALLOWED.yesOrNo)
/** Lambda's own bounds of a mapping's maximum concurrency. */
const mappingConcurrency = between(2, 1000)

export const settingSchema = z.union([z.string(), z.number()], ALLOWED.setting)

/** Invocations at a time. */
export const concurrencySchema = z.strictObject(
  {
    changes: mappingConcurrency.default(10),
    consent: mappingConcurrency.default(5),
    bus: mappingConcurrency.default(5),
    /** Taken from the account's concurrency for good. */
    'deliver-now': between(1, 1000).default(5),
  },
  ALLOWED.concurrency,
)

export const stageSchema = z.strictObject(
  {
    account: z
      .string(ALLOWED.account)
      .regex(/^\d{12}$/, ALLOWED.account)
      .optional(),
    region: z
      .string(ALLOWED.region)
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, ALLOWED.region)
      .optional(),
    /** By name in mappings.ts; on unless false. */
    sources: z.record(z.string(), z.boolean(ALLOWED.sources), ALLOWED.switches).default({}),
    partnerBuses: z
      .array(
        z.string(ALLOWED.partnerBuses).regex(/^aws\.partner(\/[\w.-]+){2,}$/, ALLOWED.partnerBuses),
        'must be a list of names',
      )
      .default([]),
    /** The functions' own variables (BUSINESS_KEY, MODE, …), where they differ from their defaults. */
    settings: z.record(z.string(), settingSchema, ALLOWED.settings).default({}),
    /** Where senders reach the API if not at its own address; what they sign may contain it. */
    publicUrl: z
      .string(ALLOWED.publicUrl)
      .regex(/^https:\/\/[^\s?#]+[^\s?#/]$/, ALLOWED.publicUrl)
      .optional(),
    requestsPerSecond: between(1, 10_000).default(100),
    requestBurst: between(1, 5000).default(200),
    concurrency: concurrencySchema.prefault({}),
    moveWaitingEveryHours: z
      .int(ALLOWED.moveWaitingEveryHours)
      .min(1, ALLOWED.moveWaitingEveryHours)
      .max(24, ALLOWED.moveWaitingEveryHours)
      .default(6),
    logRetentionDays: z.literal(RETENTIONS, RETENTION).default(30),
    /** A key of the account's own for what holds bodies: queues, bus and archive. */
    customerKey: yesOrNo.default(false),
    /** Whether what holds state outlives the stack. */
    retain: yesOrNo.default(true),
    alarmTopic: z
      .string(ALLOWED.alarmTopic)
      .regex(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+$/, ALLOWED.alarmTopic)
      .optional(),
  },
  ALLOWED.stage,
)
