// The metrics as they leave the process on Lambda: the embedded metric format, read here as CloudWatch reads it.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { PARKED_CODES } from '../../functions/change/outcome.ts'
import { PROBLEM_CODES } from '../../functions/change/read/problem.ts'
import { createLambdaMetrics, type LambdaMetrics } from '../../functions/runtime/lambda-metrics.ts'
import { METRICS, type MetricName, parkedMetric } from '../../functions/runtime/metrics.ts'
import { capturedOutput } from '../support/captured-output.ts'

beforeEach(() => vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'CampaignProfileSync/test'))
afterEach(() => vi.unstubAllEnvs())

const blobSchema = z.looseObject({
  _aws: z.strictObject({
    Timestamp: z.int(),
    CloudWatchMetrics: z.tuple([
      z.strictObject({
        Namespace: z.literal('CampaignProfileSync/test'),
        Dimensions: z.tuple([z.array(z.string())]),
        Metrics: z.array(z.strictObject({ Name: z.string(), Unit: z.string() })).max(100),
      }),
    ]),
  }),
})
const valuesSchema = z.union([z.number().transform((one) => [one]), z.array(z.number()).max(100)])

type Datum = { name: string; unit: string; dimensions: Record<string, unknown>; values: readonly number[] }

/** What CloudWatch makes of a line: its metrics, and nothing else beside them and their dimensions. */
const dataOf = (line: string): readonly Datum[] => {
  const { _aws, ...fields } = blobSchema.parse(JSON.parse(line))
  const [{ Dimensions, Metrics }] = _aws.CloudWatchMetrics
  const names = [...Dimensions[0], ...Metrics.map(({ Name }) => Name)]
  expect(Object.keys(fields).toSorted()).toEqual(names.toSorted())
  const dimensions = Object.fromEntries(Dimensions[0].map((name) => [name, fields[name]]))
  return Metrics.map(({ Name: name, Unit: unit }) => ({
    name,
    unit,
    dimensions,
    values: valuesSchema.parse(fields[name]),
  }))
}

/** What each invocation writes. */
const written = async (...invocations: readonly ((metrics: LambdaMetrics) => void)[]) => {
  using output = capturedOutput()
  const metrics = createLambdaMetrics('deliver')
  const all: (readonly Datum[])[] = []
  let before = 0
  for (const invocation of invocations) {
    await metrics
      .writtenAfter(async () => invocation(metrics))()
      .catch(() => {})
    all.push(output.lines().slice(before).flatMap(dataOf))
    before = output.lines().length
  }
  return all
}

const service = { service: 'deliver' }
const count = (name: string, value: number, dimensions: Record<string, string> = service) => ({
  name,
  unit: 'Count',
  dimensions,
  values: [value],
})

it('adds up counts, by outcome where they have one', async () => {
  const [data] = await written((metrics) => {
    for (const outcome of ['applied', 'parked', 'applied'] as const) metrics.addChange(outcome)
    metrics.add('EngineCalls', 1)
    metrics.add('EngineCalls', 2)
  })
  expect(data).toEqual([
    count('EngineCalls', 3),
    count('Changes', 2, { ...service, outcome: 'applied' }),
    count('Changes', 1, { ...service, outcome: 'parked' }),
  ])
})

it('keeps every time apart, also of a thousand changes in one batch', async () => {
  const ages = Array.from({ length: 1050 }, (_none, place) => place)
  const [data = []] = await written((metrics) => {
    for (const age of ages) {
      metrics.add('Age', age)
      metrics.addChange('applied')
    }
  })
  const times = data.filter(({ name }) => name === 'Age')
  expect(times.flatMap(({ values }) => values)).toEqual(ages)
  expect(new Set(times.map(({ unit }) => unit))).toEqual(new Set(['Milliseconds']))
  expect(times.map(({ dimensions }) => dimensions)).toEqual(times.map(() => service))
  expect(data.filter(({ name }) => name !== 'Age')).toEqual([
    count('Changes', 1050, { ...service, outcome: 'applied' }),
  ])
})

it('has a unit for every metric there is, and room for all of them at once', async () => {
  const names = Object.keys(METRICS).filter(
    (name): name is Exclude<keyof typeof METRICS, 'Changes'> => name !== 'Changes',
  )
  const parked = [...new Set([...PARKED_CODES, ...PROBLEM_CODES].map(parkedMetric))]
  const all: readonly MetricName[] = [...names, ...parked]
  const [data = []] = await written((metrics) => {
    for (const name of all) metrics.add(name, 1)
  })
  expect(
    data.toSorted(
      (one, other) => all.indexOf(one.name as MetricName) - all.indexOf(other.name as MetricName),
    ),
  ).toEqual([
    ...names.map((name) => ({ ...count(name, 1), unit: METRICS[name].unit })),
    ...parked.map((name) => count(name, 1)),
  ])
})

it('writes what was counted before an invocation failed, and begins the next at nothing', async () => {
  const data = await written(
    (metrics) => {
      metrics.add('EngineCalls', 1)
      metrics.addChange('deferred')
      throw new Error('of an invocation')
    },
    (metrics) => metrics.add('EngineCalls', 5),
  )
  expect(data).toEqual([
    [count('EngineCalls', 1), count('Changes', 1, { ...service, outcome: 'deferred' })],
    [count('EngineCalls', 5)],
  ])
})

it('passes results and errors on as they are', async () => {
  const { writtenAfter } = createLambdaMetrics('accept')
  expect(await writtenAfter(async (number: number) => number + 1)(1)).toBe(2)
  const error = new Error('of an invocation')
  await expect(writtenAfter(() => Promise.reject(error))()).rejects.toBe(error)
})

it('tells a zero, and says nothing where nothing was counted', async () => {
  const data = await written(
    (metrics) => metrics.add('ConfigurationFault', 0),
    () => {},
  )
  expect(data).toEqual([[count('ConfigurationFault', 0)], []])
})

it('names what is parked after its code', () => {
  expect(parkedMetric('refused-unexplained')).toBe('ParkedRefusedUnexplained')
  expect(parkedMetric('crashed')).toBe('ParkedCrashed')
})

it('is told by the README, all of it', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  expect(Object.keys(METRICS).filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
})
