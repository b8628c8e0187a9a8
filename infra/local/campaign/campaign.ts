// Adobe Campaign as a program, without sockets: IMS, the gateway, the engine, and the controls.
import { setMaxListeners } from 'node:events'
import type { Time } from '../../../functions/runtime/time.ts'
import type { Answer, CampaignRequest } from './answer.ts'
import { controlsPath, createControls } from './controls.ts'
import { answerCall } from './engine.ts'
import { answerFault, createFaults, type FaultInput } from './faults.ts'
import { oops, refuseAtGateway, tooManyRequests } from './gateway.ts'
import { answerIms, isImsPath } from './ims.ts'
import { type Credentials, configure, createInstance, restore } from './instance.ts'
import { readPath } from './path.ts'
import { createRequestLog, type LoggedRequest } from './request-log.ts'
import { plantProfiles, showAll } from './set-up.ts'
import type { Settings, SettingsChange } from './settings.ts'
import { createThrottle } from './throttle.ts'
import { createTokens } from './tokens.ts'

export type CampaignOptions = {
  credentials: Credentials
  baseUrl: string | (() => string)
  time: Time
  /** Makes the keys repeatable; they come from node:crypto otherwise. */
  random?: (() => number) | undefined
  settings?: SettingsChange | undefined
}

export type ShownProfile = Record<string, unknown>

export type Campaign = {
  handle: (request: CampaignRequest) => Promise<Answer>
  addProfiles: (given: readonly unknown[]) => ShownProfile[]
  profiles: () => ShownProfile[]
  requests: () => LoggedRequest[]
  /** Replaces the faults; `addFaults` appends to them. */
  setFaults: (faults: readonly FaultInput[]) => void
  addFaults: (faults: readonly FaultInput[]) => void
  /** Merges; answers what is set now. */
  settings: (change?: SettingsChange) => Settings
  reset: () => void
  expireTokens: () => void
  revokeTokens: () => void
  changeClientSecret: (clientSecret: string) => void
  /** Ends every wait; nothing that was pending is applied. */
  close: () => void
}

export const createCampaign = (options: CampaignOptions): Campaign => {
  const { time } = options
  const instance = createInstance(options)
  const atStart = configure(instance, options.settings ?? {})
  const credentials = { ...options.credentials }
  const tokens = createTokens(time)
  const faults = createFaults()
  const log = createRequestLog()
  const throttle = createThrottle(time, () => instance.settings.callsPerSecond)
  let life = new AbortController()

  /** What was still pending is dropped: a late write must not land in what comes next. */
  const endLife = () => {
    life.abort()
    life = new AbortController()
    setMaxListeners(0, life.signal)
  }

  /** Checks at the door at once; answers later, by what is true then. */
  const admit = (request: CampaignRequest): (() => Answer | Promise<Answer>) => {
    if (isImsPath(request.path)) {
      return () => answerIms(request, credentials, tokens, instance.settings.tokenSeconds)
    }
    const path = readPath(request.path)
    const [organization, product, ...segments] = path.segments
    const refused = refuseAtGateway(request, organization, credentials, tokens, throttle)
    if (refused) return () => refused
    if (product !== 'campaign') return () => oops(500)
    const { maxBodyBytes } = instance.settings
    if (maxBodyBytes > 0 && Buffer.byteLength(request.body) > maxBodyBytes) return () => oops(413)
    return () => answerCall(instance, request.method, segments, path.query, request.body)
  }

  let underWay = 0
  const isCrowded = ({ path }: CampaignRequest) => {
    const { concurrentCalls } = instance.settings
    return concurrentCalls > 0 && underWay > concurrentCalls && !isImsPath(path)
  }

  const respond = async (request: CampaignRequest): Promise<Answer> => {
    if (isCrowded(request)) return tooManyRequests(1)
    const { signal } = life
    const fault = faults.take(request.method, request.path)
    const faulty = fault && answerFault(fault, instance.errors)
    const answer = faulty ? () => faulty : admit(request)
    const wait = instance.settings.latencyMs + (fault?.applyAfterMs ?? 0)
    if (wait > 0) await time.sleep(wait, signal)
    if (signal.aborted) return { kind: 'reset' }
    const answered = await answer()
    return fault?.appliedButLost ? { kind: 'reset' } : answered
  }

  const campaign = {
    addProfiles: (given: readonly unknown[]) => plantProfiles(instance, given),
    profiles: () => showAll(instance),
    requests: log.list,
    setFaults: faults.replace,
    addFaults: faults.add,
    settings: (change: unknown = {}) => configure(instance, change),
    reset: () => {
      endLife()
      instance.tables.clear()
      instance.subscriptions.clear()
      log.clear()
      faults.replace([])
      tokens.end()
      throttle.clear()
      credentials.clientSecret = options.credentials.clientSecret
      restore(instance, atStart)
    },
    expireTokens: tokens.end,
    revokeTokens: tokens.end,
    changeClientSecret: (clientSecret: string) => {
      credentials.clientSecret = clientSecret
    },
  }
  const control = createControls(campaign)

  const handle = async (request: CampaignRequest): Promise<Answer> => {
    if (request.path.startsWith(controlsPath)) return control(request)
    const entry = log.add(request.method, request.path, time.now())
    underWay += 1
    const answer = await respond(request).finally(() => {
      underWay -= 1
    })
    if (answer.kind === 'answer') entry.status = answer.status
    return answer
  }

  return { ...campaign, handle, close: endLife }
}
