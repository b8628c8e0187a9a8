// Whoever is called by an alarm finds out what it means; nothing that is put aside goes unnoticed, or cries every day.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { PARKED_CODES } from '../../functions/change/outcome.ts'
import { PROBLEM_CODES } from '../../functions/change/read/problem.ts'
import { delayMilliseconds } from '../../functions/deliver/batch/retry.ts'
import { METRICS, parkedMetric } from '../../functions/runtime/metrics.ts'
import { PROMISED_SECONDS, waitingSeconds } from '../../infra/alarms/lateness.ts'
import { codesOf, PARKED } from '../../infra/alarms/parked.ts'
import {
  type AlarmInTemplate,
  MOVE_WAITING_EVERY_HOURS,
  metricsOf,
  STAGE,
  synthOperations,
  textOf,
} from './operations-stack.ts'

const { alarms, dashboard } = synthOperations()
const names = [...alarms.keys()]
const alarmOf = (name: string): AlarmInTemplate => {
  const alarm = alarms.get(name)
  if (!alarm) throw new Error(`there is no alarm ${name}`)
  return alarm
}

/** The codes that the question of an alarm asks for, as the console spells `/"(a|b)"/` in its address. */
const questionIn = (name: string): readonly string[] => {
  const [, codes = ''] = /\*2f\*22\*28(.*?)\*29\*22\*2f/.exec(textOf(alarmOf(name).AlarmDescription)) ?? []
  return codes.split('*7c')
}

const readme = readFileSync(new URL('../../infra/README.md', import.meta.url), 'utf8')
const chapter = readme.split(/^## /m).find((text) => text.startsWith('Alarms\n')) ?? ''
const articles = new Map(
  chapter
    .split(/^### /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text] as const),
)

const NAMESPACE = `CampaignProfileSync/${STAGE}`
/** Every metric that the functions tell, as `service name`. */
const told: ReadonlySet<string> = new Set([
  ...Object.entries(METRICS).map(([name, { service }]) => `${service} ${name}`),
  ...PARKED_CODES.map((code) => `deliver ${parkedMetric(code)}`),
  ...PROBLEM_CODES.map((code) => `accept ${parkedMetric(code)}`),
])

describe('every alarm', () => {
  it('has an article that says what it means, where to look and what to do, and no article is left over', () => {
    expect([...articles.keys()].toSorted()).toEqual(names.toSorted())
    const parts = ['**What it means.** ', '**Look here.** ', '**Do this.**']
    const incomplete = [...articles].filter(([, text]) => {
      const places = parts.map((part) => text.indexOf(part))
      return places.includes(-1) || places.join() !== places.toSorted((a, b) => a - b).join()
    })
    expect(incomplete.map(([name]) => name)).toEqual([])
  })

  it.each(names)('%s leads to its article and to a question in the console', (name) => {
    const description = textOf(alarmOf(name).AlarmDescription)
    expect(description).toContain(`infra/README.md#${name}\n`)
    expect(description).toMatch(
      /https:\/\/eu-west-1\.console\.aws\.amazon\.com\/cloudwatch\/home\?region=eu-west-1#logsV2:logs-insights\S*~source~\(~'\S+\)\)$/,
    )
    // CloudWatch takes no longer one.
    expect(description.length).toBeLessThanOrEqual(1024)
  })

  it.each(names)('%s looks at metrics that are told, and at no more than CloudWatch takes', (name) => {
    const metrics = metricsOf(alarmOf(name))
    const own = metrics.filter(({ Namespace }) => !Namespace.startsWith('AWS/'))
    expect(own.map(({ Namespace }) => Namespace).filter((namespace) => namespace !== NAMESPACE)).toEqual([])
    const spelled = own.map(({ Dimensions: [service], MetricName }) => `${service?.Value} ${MetricName}`)
    expect(spelled.filter((metric) => !told.has(metric))).toEqual([])
    expect(metrics.length).toBeGreaterThan(0)
    expect(metrics.length).toBeLessThanOrEqual(10)
    expect(alarmOf(name).Metrics.length).toBeLessThanOrEqual(20)
  })

  it('tells the topic of the stage when it is raised and when it is over, where there is one', () => {
    const actions = (given: typeof alarms) =>
      [...given.values()].map(({ AlarmActions, OKActions }) => [AlarmActions.length, OKActions.length])
    expect(actions(synthOperations({ hasTopic: true }).alarms)).toEqual(names.map(() => [1, 1]))
    expect(actions(alarms)).toEqual(names.map(() => [0, 0]))
  })

  it('is paid for as the README says', () => {
    const metrics = [...alarms.values()].flatMap(metricsOf)
    expect(readme).toContain(`the ${metrics.length} metrics they look at`)
    expect(readme).toContain(`alarms $${(metrics.length * 0.1).toFixed(2)}`)
  })
})

describe('codes of what is put aside', () => {
  it('have an alarm each, or are named as ordinary', () => {
    expect(PARKED.filter(({ service }) => service === 'deliver').map(({ code }) => code)).toEqual(
      PARKED_CODES,
    )
    expect(
      PARKED.filter(({ service }) => service === 'accept')
        .map(({ code }) => code)
        .toSorted(),
    ).toEqual(PROBLEM_CODES.toSorted())
    const watched = PARKED.filter(({ group }) => group !== 'ordinary')
    const unwatched = watched.filter(({ group, service, code }) =>
      metricsOf(alarmOf(group)).every(
        ({ MetricName, Dimensions: [own] }) => MetricName !== parkedMetric(code) || own?.Value !== service,
      ),
    )
    expect(unwatched).toEqual([])
    const ordinary = chapter.slice(0, chapter.indexOf('###'))
    expect(codesOf('ordinary')).toEqual(['unmatched', 'opt-in-refused', 'merge'])
    for (const code of codesOf('ordinary')) expect(ordinary).toContain(`\`${code}\``)
  })

  it('are named in the article of their alarm, and in its question, which names no others', () => {
    const missing = PARKED.filter(({ group }) => group !== 'ordinary').filter(
      ({ code, group }) => !articles.get(group)?.includes(`\`${code}\``),
    )
    expect(missing.map(({ code }) => code)).toEqual([])
    const asked = names
      .filter((name) => name.startsWith('parked-'))
      .flatMap((name) => questionIn(name).map((code) => `${name} ${code}`))
    const watched = PARKED.filter(({ group }) => group !== 'ordinary')
    expect(asked.toSorted()).toEqual(
      [...new Set(watched.map(({ group, code }) => `${group} ${code}`))].toSorted(),
    )
  })

  it('are counted together, each as 0 where it was not told', () => {
    const sum = expressionOf(alarmOf('parked-given-up'))
    expect(sum({})).toBe(0)
    expect(sum({ ParkedCrashed: 1, ParkedExpired: 2 })).toBe(3)
  })

  it('raise their alarm at once, but for values, of which a few are ordinary', () => {
    const thresholds = names
      .filter((name) => name.startsWith('parked-'))
      .map((name) => [name, alarmOf(name).Threshold, alarmOf(name).DatapointsToAlarm])
    expect(thresholds).toEqual([
      ['parked-given-up', 1, 1],
      ['parked-decision', 1, 1],
      ['parked-mapping', 1, 1],
      ['parked-sender', 1, 1],
      ['parked-values', 10, 1],
    ])
  })
})

describe('the oldest change is late', () => {
  const late = alarmOf('changes-late')
  const lateness = expressionOf(late)
  const MINUTE = 60
  const HOUR = 60 * MINUTE

  it('when consent is older than minutes, and anything else than an hour, wherever it lies', () => {
    expect(lateness({})).toBe(0)
    expect(lateness({ 'age of consent': 9 * MINUTE, 'age of changes': 59 * MINUTE })).toBeLessThan(1)
    expect(lateness({ 'age of consent': 11 * MINUTE })).toBeGreaterThan(1)
    expect(lateness({ 'age of changes': 11 * MINUTE })).toBeLessThan(1)
    expect(lateness({ 'age of changes': 61 * MINUTE })).toBeGreaterThan(1)
    expect(lateness({ 'age of inbox': 11 * MINUTE })).toBeGreaterThan(1)
    expect(lateness({ 'age of undelivered': 2 * MINUTE })).toBeGreaterThan(1)
    expect(late.Threshold).toBe(1)
  })

  it('when deliver hands it back that long, though SQS tells no age of what was received often', () => {
    expect(lateness({ DeferredConsentAge: 11 * MINUTE * 1000 })).toBeGreaterThan(1)
    expect(lateness({ DeferredAge: 11 * MINUTE * 1000 })).toBeLessThan(1)
    expect(lateness({ DeferredAge: 61 * MINUTE * 1000 })).toBeGreaterThan(1)
  })

  it('not while it waits for its profile, unless the mover does not come', () => {
    expect(lateness({ 'age of waiting': MOVE_WAITING_EVERY_HOURS * HOUR })).toBeLessThan(1)
    expect(lateness({ 'age of waiting': 3 * MOVE_WAITING_EVERY_HOURS * HOUR })).toBeGreaterThan(1)
    expect(waitingSeconds(MOVE_WAITING_EVERY_HOURS)).toBeGreaterThan(MOVE_WAITING_EVERY_HOURS * HOUR)
  })

  it('only after several tries, however seldom it is tried; and stays so from one try to the next', () => {
    const longest = (lane: 'changes' | 'consent') =>
      delayMilliseconds({ receives: 30, ageMilliseconds: 24 * HOUR * 1000, random: 1, lane }) / 1000
    expect(PROMISED_SECONDS.consent).toBeGreaterThan(2 * longest('consent'))
    expect(PROMISED_SECONDS.changes).toBeGreaterThan(3 * longest('changes'))
    expect(PROMISED_SECONDS.consent).toBeLessThan(PROMISED_SECONDS.changes)
    expect(late.DatapointsToAlarm).toBe(1)
    expect(late.EvaluationPeriods * periodOf(late)).toBeGreaterThanOrEqual(longest('changes'))
  })
})

it('an opt-out that nobody is found for keeps its alarm until the next run of the mover', () => {
  const alarm = alarmOf('opt-out-unmatched')
  expect(alarm.EvaluationPeriods * periodOf(alarm)).toBeGreaterThan(MOVE_WAITING_EVERY_HOURS * 60 * 60)
})

it('a refused credential keeps its alarm while nothing calls, and a silent night raises none', () => {
  const missing = Object.fromEntries(
    [...alarms].map(([name, { TreatMissingData }]) => [name, TreatMissingData]),
  )
  expect(missing).toEqual({
    ...Object.fromEntries(names.map((name) => [name, 'notBreaching'])),
    'campaign-access-refused': 'ignore',
  })
})

it('the dashboard shows what is told and nothing else, and every outcome', () => {
  const widgets = z
    .object({
      widgets: z.array(
        z.object({
          properties: z.object({ title: z.string(), metrics: z.array(z.array(z.unknown())).default([]) }),
        }),
      ),
    })
    .parse(JSON.parse(dashboard)).widgets
  const shown = widgets.flatMap(({ properties }) => properties.metrics)
  const own = shown.filter(([namespace]) => namespace === NAMESPACE)
  // After namespace and name come names and values of dimensions, in no certain order, and how it is drawn.
  const dimension = (metric: readonly unknown[], name: string) => metric[metric.indexOf(name) + 1]
  const spelled = own.map((metric) => `${dimension(metric, 'service')} ${metric[1]}`)
  expect(new Set(spelled)).toEqual(told)
  expect(shown.filter(([namespace]) => !/^AWS\/(SQS|ApiGateway|DynamoDB)$/.test(String(namespace)))).toEqual(
    own,
  )
  const outcomes = own.filter(([, name]) => name === 'Changes').map((metric) => dimension(metric, 'outcome'))
  expect(outcomes).toEqual(expect.arrayContaining(['applied', 'observed', 'deferred', 'waiting', 'parked']))
  expect(outcomes.length).toBe(11)
  for (const statistic of ['p50', 'p95', 'p99'])
    expect(JSON.stringify(own.filter(([, name]) => name === 'Age'))).toContain(`"stat":"${statistic}"`)
})

/** Of an alarm that is an expression or a metric. */
function periodOf({ Period, Metrics }: AlarmInTemplate): number {
  return Period ?? Metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? [])[0] ?? 0
}

/** What an alarm's expression comes to where metrics were told as given; one that was not told is missing. */
function expressionOf(alarm: AlarmInTemplate): (given: Readonly<Record<string, number>>) => number {
  const byId = new Map(alarm.Metrics.map((one) => [one.Id, one]))
  const nameOf = ({ MetricName, Dimensions: [first] }: ReturnType<typeof metricsOf>[number]) =>
    MetricName === 'ApproximateAgeOfOldestMessage' ? `age of ${queueOf(first?.Value)}` : MetricName
  return (given) => {
    const amountOf = (text: string): number => {
      const [, math, list = ''] = /^(MAX|SUM)\(\[(.*)\]\)$/.exec(text) ?? []
      const values = math ? list.split(/,(?![^(]*\))/).map(amountOf) : []
      if (math === 'MAX') return Math.max(...values)
      if (math === 'SUM') return values.reduce((sum, value) => sum + value, 0)
      const [, id = '', filler, divisor = '1'] = /^FILL\((\w+),(\d+)\)(?:\/(\d+))?$/.exec(text) ?? []
      const metric = byId.get(id)?.MetricStat?.Metric
      if (metric) return (given[nameOf(metric)] ?? Number(filler)) / Number(divisor)
      const part = byId.get(text)?.Expression
      if (part === undefined) throw new Error(`${text} is no expression that this test reads`)
      return amountOf(part)
    }
    const whole = alarm.Metrics.find(({ Expression }) => /^(MAX|SUM)/.test(Expression ?? ''))
    return amountOf(whole?.Expression ?? '')
  }
}

const queueSchema = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('QueueName')]) })
function queueOf(value: unknown): string {
  return queueSchema.parse(value)['Fn::GetAtt'][0].replace(/[0-9A-F]{8}$/, '')
}
