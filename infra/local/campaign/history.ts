// Marketing history of a profile, which is gone in v8. Nothing is ever sent here, so its events are none.
// AdobeDocs campaign-standard.en interacting-with-marketing-history; `history/byEmail` was seen in ethyca/fides.
import { type HttpAnswer, jsonAnswer } from './answer.ts'
import { findRecord } from './find-record.ts'
import type { Instance } from './instance.ts'
import { listRecords } from './list-records.ts'
import { answerPage } from './page.ts'
import { findRoute } from './route.ts'
import { showRecord } from './show-record.ts'

const eventsOf = (instance: Instance, PKey: unknown) => ({
  href: `${instance.root()}/profileAndServices/history/${PKey}/events/`,
  metadata: 'subHisto',
})

/** Metadata of history is that of the profile with its events (inferred; Adobe's client asks for it). */
export const readHistoryMetadata = (instance: Instance): HttpAnswer =>
  jsonAnswer(200, {
    content: {
      PKey: { apiName: 'PKey', type: 'string', dataPolicy: 'none', category: 'general', resType: 'string' },
      events: {
        apiName: 'events',
        type: 'collection',
        dataPolicy: 'none',
        category: 'general',
        resType: 'link',
        resTarget: 'subHisto',
      },
    },
    data: '/profileAndServices/history/',
    help: 'Marketing history',
    href: `${instance.root()}/profileAndServices/history/metadata`,
    label: 'Marketing history',
    mandatory: false,
    name: 'history',
    pkgStatus: 'never',
    readOnly: true,
    schema: 'nms:recipient',
    type: 'item',
  })

/** `rest`: the segments after `history`. Undefined for what is no URL of it. */
export const answerHistory = (
  instance: Instance,
  rest: readonly string[],
  query: URLSearchParams,
): HttpAnswer | undefined => {
  if (rest.length === 1 && rest[0] === 'metadata') return readHistoryMetadata(instance)
  const [key = '', part] = rest
  const profile = findRoute(
    instance,
    ['profileAndServices', 'profile', ...(part === 'events' ? [key] : rest)],
    query,
    '',
  )
  if (!profile) return undefined
  const { call, shape } = profile
  if (shape === 'collection' && rest.length > 0) return listRecords(instance, call)
  if (shape !== 'record') return undefined
  const found = findRecord(instance, call)
  if ('refusal' in found) return found.refusal
  if (part === 'events') {
    const url = `${instance.root()}/profileAndServices/history/${key}/events`
    return answerPage(instance, { url, query, after: () => [], show: () => null, hasCount: true, size: 0 })
  }
  const { subscriptions: _, href: __, ...shown } = showRecord(instance, call.resource, found.value, false)
  return jsonAnswer(200, { ...shown, events: eventsOf(instance, shown['PKey']) })
}
