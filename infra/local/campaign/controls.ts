// The controls under /_emulator/: HTTP in front of the methods that a test in the same process calls.
import * as z from 'zod'
import { type CampaignRequest, type HttpAnswer, jsonAnswer } from './answer.ts'
import type { Campaign } from './campaign.ts'
import { ControlRefusal, namesAllowed, parseControl } from './control-refusal.ts'
import type { Settings } from './settings.ts'

export const controlsPath = '/_emulator/'

/** As a campaign's own methods, but for what is not known to be well formed. */
type Controls = Omit<Campaign, 'handle' | 'close' | 'settings' | 'addFaults'> & {
  settings: (given: unknown) => Settings
  addFaults: (given: unknown) => void
}

const Nothing = z.strictObject({}, { error: namesAllowed('name', ['none']) })
const Credentials = z.strictObject(
  { clientSecret: z.string().min(1).optional() },
  { error: namesAllowed('name', ['clientSecret']) },
)
/** An absent body and `{}` are an empty list. */
const listOf = (what: string, given: unknown): unknown[] => {
  if (Array.isArray(given)) return given
  parseControl(Nothing, `${what}, an array`, given)
  return []
}

const plain = (what: string, act: () => void) => (given: unknown) => {
  parseControl(Nothing, what, given)
  act()
  return {}
}

const controlsOf = (campaign: Controls) =>
  new Map<string, (given: unknown) => unknown>([
    ['POST reset', plain('reset', campaign.reset)],
    ['POST tokens/expire', plain('tokens/expire', campaign.expireTokens)],
    ['POST tokens/revoke', plain('tokens/revoke', campaign.revokeTokens)],
    [
      'POST credentials',
      (given) => {
        const { clientSecret } = parseControl(Credentials, 'credentials', given)
        if (clientSecret !== undefined) campaign.changeClientSecret(clientSecret)
        return {}
      },
    ],
    ['POST profiles', (given) => campaign.addProfiles(listOf('profiles', given))],
    ['GET profiles', () => campaign.profiles()],
    ['GET requests', () => campaign.requests()],
    ['POST settings', (given) => campaign.settings(given)],
    [
      'POST faults',
      (given) => {
        campaign.addFaults(listOf('faults', given))
        return {}
      },
    ],
  ])

const readJson = (body: Buffer | string): unknown => {
  const text = body.toString()
  try {
    return text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    throw new ControlRefusal('the body is not JSON')
  }
}

export const createControls = (campaign: Controls) => {
  const controls = controlsOf(campaign)
  return ({ method, path, body }: CampaignRequest): HttpAnswer => {
    const name = path.slice(controlsPath.length).replace(/\/?(\?.*)?$/s, '')
    const control = controls.get(`${method} ${name}`)
    try {
      if (!control)
        throw new ControlRefusal(`no control ${method} ${name}; allowed: ${[...controls.keys()].join(', ')}`)
      return jsonAnswer(200, control(method === 'GET' ? {} : readJson(body)))
    } catch (error) {
      if (error instanceof ControlRefusal) return jsonAnswer(400, { error: error.message })
      throw error
    }
  }
}
