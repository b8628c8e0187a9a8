// The files that Lambda loads: what is in them, and that they, not the sources, bring a change to its profile.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { mappings } from '../../functions/change/mappings.ts'
import { bundle, HANDLERS, root } from '../../infra/bundle.ts'
import { constructIdOf, FUNCTION_NAMES, type Handler, handlerOf } from '../../infra/function-names.ts'
import { toLocalMappings } from '../../infra/local/local-mappings.ts'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'
import { privileges } from '../../infra/stack/privileges.ts'
import { type BuiltFunctions, builtFunctions } from '../support/built-functions.ts'
import { trackRequests } from '../support/contract.ts'
import { mappings as documented } from '../support/mappings.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { post } from '../support/sender.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'
import { synthInto } from './synth-stage.ts'

const folder = mkdtempSync(join(tmpdir(), 'bundles-'))
const metafiles = new Map(HANDLERS.map((handler) => [handler, bundle(handler, join(folder, handler))]))
afterAll(() => rmSync(folder, { recursive: true }))

/** The files whose code is in a bundle, from the top of the project. */
const inside = (handler: Handler): readonly string[] =>
  Object.values(metafiles.get(handler)?.outputs ?? {}).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  )
const packagesIn = (handler: Handler): ReadonlySet<string> =>
  new Set(inside(handler).flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))

describe('a bundle', () => {
  it.each(['webhook', 'bus'] as const)(
    'of accept (%s) has neither undici nor a client of DynamoDB',
    (handler) => {
      const packages = packagesIn(handler)
      expect(packages).toContain('@aws-sdk/client-sqs')
      expect([...packages].filter((name) => name === 'undici' || name.includes('dynamodb'))).toEqual([])
    },
  )
  it.each(HANDLERS)('(%s) has nothing of infra or of tests', (handler) => {
    const own = inside(handler).filter((file) => !file.startsWith('node_modules/'))
    expect(own).toContain(`functions/handlers/${handler}.ts`)
    expect(own.filter((file) => !file.startsWith('functions/'))).toEqual([])
  })
  it.each(['webhook', 'bus'] as const)(
    'of accept (%s) has every kind of source, each in a file of its own',
    (handler) => {
      const kinds = readdirSync(join(root, 'functions/change/sources')).map(
        (file) => `functions/change/sources/${file}`,
      )
      expect(
        inside(handler)
          .filter((file) => file.startsWith('functions/change/sources/'))
          .toSorted(),
      ).toEqual(kinds.toSorted())
      const atOnce = metafiles.get(handler)?.outputs[join(folder, handler, 'index.mjs')]
      expect(Object.keys(atOnce?.inputs ?? {}).filter((file) => kinds.includes(file))).toEqual([])
    },
  )
  it('is small enough to be loaded at a cold start', () => {
    const kilobytes = (handler: Handler) => {
      const files = readdirSync(join(folder, handler)).map(
        (file) => statSync(join(folder, handler, file)).size,
      )
      return Math.round(files.reduce((sum, size) => sum + size, 0) / 1024)
    }
    const sizes = HANDLERS.map((handler) => [handler, kilobytes(handler)] as const)
    process.stdout.write(`bundles: ${sizes.map(([handler, size]) => `${handler} ${size} KB`).join(', ')}\n`)
    expect(sizes.filter(([handler, size]) => size > (handler === 'deliver' ? 1600 : 900))).toEqual([])
  })

  /** In every client of DynamoDB, and never asked for unless it is switched on. */
  const ENDPOINT_DISCOVERY = 'DescribeEndpoints'
  /** Calls of AWS whose code is in a bundle; the SDK has a file for each. */
  const callsIn = (handler: Handler): readonly string[] =>
    inside(handler)
      .flatMap((file) => {
        const [, client = '', call = ''] =
          /client-([\w-]+)\/dist-es\/commands\/(\w+)Command\.js$/.exec(file) ?? []
        // A batch is allowed by the name of the single call.
        return call === '' || call === ENDPOINT_DISCOVERY
          ? []
          : [`${client.replace('-', '')}:${call.replace(/Batch$/, '')}`]
      })
      .toSorted()
  /** What Lambda itself does in the name of the function: it polls the queue and writes the log. */
  const LAMBDAS_OWN =
    /^(logs:|sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes|ChangeMessageVisibility)$)/
  it.each(HANDLERS)('(%s) makes the calls that its role may make', (handler) => {
    const roles = FUNCTION_NAMES.filter((name) => handlerOf(name) === handler)
    const may = privileges
      .filter(({ who }) => roles.some((role) => role === who))
      .flatMap(({ actions }) => actions)
    const calls = callsIn(handler).map((call) => call.replace(/^lambda:Invoke$/, 'lambda:InvokeFunction'))
    expect(calls.filter((call) => !may.includes(call))).toEqual([])
    expect(may.filter((action) => !calls.includes(action) && !LAMBDAS_OWN.test(action))).toEqual([])
  })
})

// The mapping is inside: whoever has edited it has other sources, and stays green.
const isDocumented = isDeepStrictEqual(mappings, documented) || process.env['PROJECT_CI'] === 'true'

describe.runIf(isDocumented)('out of the synthesized stack, in the local one in place of the sources', () => {
  let built: BuiltFunctions
  let stack: LocalStack
  beforeAll(async () => {
    const folders = await synthInto(join(folder, 'cdk.out'))
    built = builtFunctions((name) => folders.get(constructIdOf(name)) ?? `no folder of ${name}`)
    stack = await startLocalStack({
      port: 0,
      campaignPort: 0,
      log: recordedLog(),
      mappings: toLocalMappings(mappings),
      environment: { VERIFY: 'never', POWERTOOLS_METRICS_NAMESPACE: 'CampaignProfileSync/test' },
      functions: built.functions,
    })
    trackRequests(stack.campaign.campaign)
    await built.started()
  }, 60_000)
  afterAll(async () => {
    await stack.close()
    await built[Symbol.asyncDispose]()
  })

  const profile = (key: string) => stack.campaign.campaign.profiles().find(({ cusCrmId }) => cusCrmId === key)
  const patches = () =>
    stack.campaign.campaign
      .requests()
      .flatMap(({ method, path, status }) => (method === 'PATCH' ? [`${path} ${status}`] : []))

  it('a delivery of HubSpot becomes one PATCH', async () => {
    stack.campaign.campaign.addProfiles([{ cusCrmId: '501' }])
    const now = Date.now()
    const answer = await post(stack.gateway.url, 'hubspot', {
      body: [
        hubspotEvent({
          eventId: 1,
          objectId: 501,
          propertyName: 'firstname',
          propertyValue: 'Zoë',
          occurredAt: now - 2000,
        }),
        hubspotEvent({
          eventId: 2,
          objectId: 501,
          propertyName: 'city',
          propertyValue: 'Łódź',
          occurredAt: now - 1000,
        }),
      ],
    })
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2, ignored: 0, rejected: [] } })
    await vi.waitFor(
      () =>
        expect(profile('501')).toMatchObject({
          firstName: 'Zoë',
          location: expect.objectContaining({ city: 'Łódź' }),
        }),
      15_000,
    )
    expect(patches()).toEqual([expect.stringMatching(/profile\/501 200$/)])
  })

  it('a sender who waits hears the end from deliver-now', async () => {
    stack.campaign.campaign.addProfiles([{ cusCrmId: '502' }])
    const body = directChange({ match: { cusCrmId: '502' }, set: { phone: '+48 600 000 000' } })
    const answer = await post(stack.gateway.url, 'direct', { body, headers: { prefer: 'wait=10' } })
    expect(answer).toMatchObject({
      status: 200,
      body: { results: [{ id: 'evt_1', outcome: 'applied', changed: ['phone'] }] },
    })
    expect(profile('502')).toMatchObject({ phone: '+48 600 000 000' })
  })

  it('an opt-out goes through its own lane, and what nobody knows waits, comes back and is applied', async () => {
    const body = directChange({ id: 'evt_3', match: { cusCrmId: '503' }, set: { blackListEmail: true } })
    expect(await post(stack.gateway.url, 'direct', { body })).toMatchObject({ status: 202 })
    await vi.waitFor(
      async () => expect(await stack.standIns.queueCounts()).toMatchObject({ waiting: 1 }),
      15_000,
    )
    stack.campaign.campaign.addProfiles([{ cusCrmId: '503' }])
    stack.moveWaiting()
    await vi.waitFor(() => expect(profile('503')).toMatchObject({ blackListEmail: true }), 15_000)
  })

  it('a message of the inbox that is nobody’s is parked', async () => {
    const { sqs } = stack.standIns.clients()
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: stack.standIns.queues.inbox.url,
        MessageBody: JSON.stringify(directChange()),
        MessageAttributes: { source: { DataType: 'String', StringValue: 'nobody-we-know' } },
      }),
    )
    await vi.waitFor(
      async () =>
        expect(await stack.standIns.queueCounts()).toMatchObject({ parked: { 'source-unknown': 1 } }),
      15_000,
    )
  })

  it('a forged delivery is refused, and health needs no secret', async () => {
    const forged = await post(stack.gateway.url, 'hubspot', { body: [], secret: 'another' })
    expect(forged.status).toBe(401)
    const health = await fetch(`${stack.gateway.url}/health`)
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
  })

  it('logs JSON and nothing else, metrics among it', async () => {
    const started = await built.started()
    const lines = Object.values(started).flatMap((one) => one.lines())
    const entries = lines.map((line) => JSON.parse(line))
    expect(entries).toContainEqual(
      expect.objectContaining({ message: 'change.delivered', outcome: 'applied', service: 'deliver' }),
    )
    expect(entries.filter((entry) => '_aws' in entry).length).toBeGreaterThan(0)
    expect(entries.filter(({ level }) => level === 'ERROR')).toEqual([])
  })
})
