// While Campaign is away nobody calls it but one worker now and then, to see whether it is back.
import { errorName, type Log } from '../../runtime/log.ts'
import type { Time } from '../../runtime/time.ts'
import { CampaignError } from '../campaign/campaign-error.ts'
import type { Call } from '../campaign/exchange.ts'
import { LedgerError } from '../ledger/ledger.ts'
import { isOpen } from './budget.ts'
import type { BudgetItem } from './item.ts'
import { isOfWhole, isSignOfLife, taughtNothing } from './of-whole.ts'
import { claimed, mayHaveOpened, probedInVain, withFault, withoutFaults } from './outage.ts'
import { createStepBack, type Heard } from './step-back.ts'

export type Breaker = {
  /** Campaign has answered somebody as it should. */
  readonly succeeded: () => Promise<void>
  /** What an error says about Campaign is told to everyone; of faults of a change nothing is. */
  readonly met: (error: unknown, call: Call) => Promise<void>
  /** To be asked just before a call leaves: where others may have opened the breaker, it is looked at again. */
  readonly makeSure: () => Promise<void>
  /** How long to wait (ms) before calls have a chance; undefined where they have. May send `probe`, before the deadline. */
  readonly wait: (deadline: number, probe: (call: Call) => Promise<void>) => Promise<number | undefined>
}

export type BreakerOptions = {
  readonly item: BudgetItem
  /** This worker's name; nobody else has it. */
  readonly worker: string
  readonly timeoutMilliseconds: number
  readonly time: Time
  readonly log: Log
}

/** A success is told at most that often, and only after faults; what was seen of the item is believed so long. */
const TELL_MILLISECONDS = 1000
/** While it may have opened unnoticed, no call leaves by a sight of the item that is older. */
export const SURE_MILLISECONDS = 100
/** Whose own credentials may be at fault lets others try first. */
const STEP_BACK_MILLISECONDS = 5000
/** Less than any batch has when it begins, so that there is always somebody who may probe, however long the time-out. */
const ENOUGH_MILLISECONDS = 20_000

export const createBreaker = ({ item, worker, timeoutMilliseconds, time, log }: BreakerOptions): Breaker => {
  const stepBack = createStepBack({ timeoutMilliseconds, time, log })
  let toldAt = 0
  let notBefore = 0

  const change: BudgetItem['change'] = async (next) => {
    try {
      return await item.change(next)
    } catch (error) {
      // The next fault or success says it again.
      if (error instanceof LedgerError) return false
      throw error
    }
  }

  /** Where the ledger cannot be asked, what was seen before still counts. */
  const look = async (): Promise<void> => {
    try {
      await item.look()
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
    }
  }

  const succeeded = async (): Promise<void> => {
    stepBack.succeeded()
    const health = item.seen()?.health
    if (!health || !withoutFaults(health)) return
    const wasOpen = isOpen(health)
    if (!wasOpen && time.now() - toldAt < TELL_MILLISECONDS) return
    toldAt = time.now()
    if ((await change(withoutFaults)) && wasOpen) log.info('campaign.breaker', { state: 'closed' })
  }

  const met: Breaker['met'] = async (error, call) => {
    if (!(error instanceof CampaignError)) return
    if (isSignOfLife(error)) return succeeded()
    if (!isOfWhole(error, time.now(), timeoutMilliseconds)) return
    const now = time.now()
    const { subject = worker } = call
    const { code } = error
    const isOwn = code === 'credentials-refused'
    if (isOwn) stepBack.refused(subject)
    let opens = false
    const isTold = await change((health) => {
      const next = withFault(health, isOwn ? worker : subject, now)
      opens = next !== undefined && isOpen(next)
      return next
    })
    if (isTold && opens) log.error('campaign.breaker', { state: 'open', code })
  }

  /** Whether Campaign is back, for this worker. */
  const ask = async (deadline: number, probe: (call: Call) => Promise<void>): Promise<Heard> => {
    try {
      await probe({ deadline, count: () => {}, isProbe: true })
      await succeeded()
      return 'back'
    } catch (error) {
      if (error instanceof CampaignError && error.code === 'credentials-refused')
        notBefore = time.now() + STEP_BACK_MILLISECONDS
      log.warn('campaign.probe', { cause: errorName(error) })
      return taughtNothing(error, time.now(), timeoutMilliseconds) ? 'nothing' : 'away'
    }
  }

  const waitForAll: Breaker['wait'] = async (deadline, probe) => {
    const left = (): number | undefined => {
      const health = item.seen()?.health
      return health && isOpen(health) ? Math.max(health.probeAt, notBefore) - time.now() : undefined
    }
    if (left() === undefined) return undefined
    if (item.age() >= TELL_MILLISECONDS || (left() ?? 0) <= 0) await look()
    // Who has less than an answer may take would be cut off by its own deadline, and learn nothing for all the others.
    const isEnough = deadline - time.now() >= Math.min(timeoutMilliseconds, ENOUGH_MILLISECONDS)
    if (isEnough && (left() ?? 1) <= 0) {
      const now = time.now()
      if (await change((health) => claimed(health, now, timeoutMilliseconds))) {
        const probes = item.seen()?.health.probes ?? 0
        const isBack = (await ask(deadline, probe)) === 'back'
        if (!isBack) await change((health) => probedInVain(health, probes, time.now()))
      }
    }
    const milliseconds = left()
    return milliseconds === undefined ? undefined : Math.max(0, milliseconds)
  }

  return {
    succeeded,
    met,
    makeSure: async () => {
      const health = item.seen()?.health
      if (health && mayHaveOpened(health, time.now()) && item.age() >= SURE_MILLISECONDS) await look()
    },
    wait: async (deadline, probe) =>
      (await waitForAll(deadline, probe)) ?? stepBack.wait(deadline, () => ask(deadline, probe)),
  }
}
