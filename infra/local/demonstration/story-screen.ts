// How a story looks on the screen.
import * as z from 'zod'
import type { ShownProfile } from '../campaign/campaign.ts'
import type { LoggedRequest } from '../campaign/request-log.ts'
import { bold, dim, green, print, readablePath, red, status, yellow } from '../command/screen.ts'
import type { Posted } from '../sending/post-signed.ts'

const NAME_WIDTH = 18
const VALUE_WIDTH = 18
const METHOD_WIDTH = 7
const PATH_WIDTH = 60

export const showTitle = (number: number, title: string): void => print('', bold(`${number}  ${title}`))

/** The attributes of a profile, one a line; those that differ from `before` are marked. */
export const showProfile = (
  when: 'before' | 'after',
  attributes: readonly string[],
  profile: ShownProfile,
  before = profile,
): void => {
  print('', `   profile ${when}`)
  for (const attribute of attributes) {
    const [value, was] = [profile, before].map((one) => shown(one[attribute]))
    const name = attribute.padEnd(NAME_WIDTH)
    const isChanged = value !== was
    print(
      isChanged
        ? `   ${green(`* ${name}${value?.padEnd(VALUE_WIDTH)}`)} ${dim(`was ${was}`)}`
        : `     ${name}${value}`,
    )
  }
}

/** A delivery as the vendor sees it: what it is about, the request, the answer. */
export const showDelivery = (about: string, posted: Posted): void => {
  const path = `${new URL(posted.url).pathname}${posted.requestHeaders['prefer'] ? '   Prefer: wait=10' : ''}`
  print('', `   ${about}`)
  print(`     ${'POST'.padEnd(METHOD_WIDTH)}${path.padEnd(PATH_WIDTH)}${status(posted.status)}`)
  for (const line of answerLines(posted.text)) print(`            ${dim(line)}`)
}

/** The customer was on a page of Campaign itself. */
export const showPage = (flags: Readonly<Record<string, boolean>>): void =>
  print('', `   on a page of Campaign the customer sets ${Object.keys(flags).join(', ')}`)

/** What waited for a profile has one now. */
export const showAppearance = (): void =>
  print(
    '',
    '   the profile appears in Campaign, and the mover, which runs every five seconds, brings the change back',
  )

/** The requests that went to Campaign, writes marked. */
export const showRequests = (requests: readonly LoggedRequest[]): void => {
  print('', '   on the wire to Adobe Campaign')
  if (requests.length === 0) print(`     ${dim('nothing')}`)
  for (const request of requests) {
    const line = `${request.method.padEnd(METHOD_WIDTH)}${readablePath(request.path).padEnd(PATH_WIDTH)}`
    print(`     ${request.method === 'PATCH' ? yellow(line) : line}${status(request.status)}`)
  }
}

export const showClaim = (says: string, holds: boolean): void =>
  print(`   ${holds ? green('✓') : red('✗ this is not so:')} ${says}`)

const shown = (value: unknown): string => {
  if (value === undefined) return '(no profile)'
  return value === '' ? '(empty)' : String(value)
}

const answerSchema = z.looseObject({ results: z.array(z.unknown()).default([]) })

/** The answer with one line per result, keys and addresses cut. */
const answerLines = (text: string): readonly string[] => {
  const { results, ...receipt } = answerSchema.parse(JSON.parse(text))
  const cut = (name: string, value: unknown) =>
    (name === 'href' || name === 'PKey') && typeof value === 'string' ? readablePath(value) : value
  return [receipt, ...results].map((part) => JSON.stringify(part, cut))
}
