// The sub-collection `subscriptions` of profiles and services, from either side.
// AdobeDocs campaign-standard.en perform-subscriptions, retrieving-subscriptions, deleting-subscriptions.
// Inferred: the status of a POST (`subscribeStatus`), and that a second subscription is a duplicate.
import { type HttpAnswer, jsonAnswer } from './answer.ts'
import { showTime } from './dates.ts'
import type { Named } from './engine-error.ts'
import { findRecord } from './find-record.ts'
import type { Instance } from './instance.ts'
import { kinds } from './keys.ts'
import { apiOf, findLinked, showLinked } from './links.ts'
import { answerPage } from './page.ts'
import { isObject, readJson } from './record-body.ts'
import type { Call } from './route.ts'
import type { Subscription } from './subscriptions.ts'
import { type Row, textOf } from './table.ts'
import type { Read } from './value.ts'

const named: Named = { name: 'subscription', label: 'Subscriptions', schema: 'nms:subscription' }

/** Under the collection that was asked: a subscription has an address of its own on either side. */
const show = (
  instance: Instance,
  call: Call,
  owner: Row,
  { id, profile, service, created }: Subscription,
  answers = false,
) => {
  const { keys, resources, settings } = instance
  const { extended, resource } = call
  const PKey = keys.write(kinds.subscription, id, 'record', settings.unstablePKeys)
  const ownerKey = keys.write(resource.kind, owner.id, 'subscriptions', settings.unstablePKeys)
  const [profiles, services] = [resources.get('profile'), resources.get('service')]
  const [subscriber, subscribed] = [profiles?.table.get(profile), services?.table.get(service)]
  return {
    PKey,
    created: showTime(created),
    email: subscriber ? textOf(subscriber, 'email') : '',
    expirationDate: '',
    href: `${instance.root()}/${apiOf(resource, extended)}/${resource.name}/${ownerKey}/subscriptions/${PKey}`,
    metadata: 'subscriptionRcp',
    service: services && subscribed ? showLinked(instance, services, subscribed, extended) : null,
    // Empty in the answer to a POST in Standard; v8 answers the values of linked records.
    serviceName:
      answers && settings.dialect === 'standard' ? '' : subscribed ? textOf(subscribed, 'name') : '',
    subscriber: profiles && subscriber ? showLinked(instance, profiles, subscriber, extended) : null,
  }
}

const heldBy = ({ subscriptions }: Instance, { resource }: Call, owner: Row) =>
  resource.name === 'profile' ? subscriptions.ofProfile(owner.id) : subscriptions.ofService(owner.id)

export const listSubscriptions = (instance: Instance, call: Call): HttpAnswer => {
  const owner = findRecord(instance, call)
  if ('refusal' in owner) return owner.refusal
  const held = heldBy(instance, call, owner.value)
  return answerPage(instance, {
    url: `${instance.root()}/${apiOf(call.resource, call.extended)}/${call.resource.name}/${call.key}/subscriptions`,
    query: call.query,
    after: (at) => held.filter(({ id }) => id > at).map((item) => ({ item, at: item.id })),
    show: (item) => show(instance, call, owner.value, item),
    hasCount: true,
    size: held.length,
  })
}

export const countSubscriptions = (instance: Instance, call: Call): HttpAnswer => {
  const owner = findRecord(instance, call)
  if ('refusal' in owner) return owner.refusal
  return jsonAnswer(200, { count: heldBy(instance, call, owner.value).length })
}

/** `{"service":{"PKey"}}` to a profile, `{"subscriber":{"PKey"}}` to a service. */
const readOther = (instance: Instance, { resource, body }: Call): Read<Row> => {
  const read = readJson(instance, body)
  if ('refusal' in read) return read
  const [name, target] =
    resource.name === 'profile'
      ? ['service', instance.resources.get('service')]
      : ['subscriber', instance.resources.get('profile')]
  const link = isObject(read.value) ? read.value[String(name)] : undefined
  const key = isObject(link) ? link['PKey'] : undefined
  if (typeof key !== 'string' || typeof target !== 'object') {
    return { refusal: instance.errors.failure(`The '${name}' link is missing.`) }
  }
  return findLinked(instance, target, key)
}

export const subscribe = (instance: Instance, call: Call): HttpAnswer => {
  const owner = findRecord(instance, call)
  if ('refusal' in owner) return owner.refusal
  const other = readOther(instance, call)
  if ('refusal' in other) return other.refusal
  const [profile, service] =
    call.resource.name === 'profile' ? [owner.value, other.value] : [other.value, owner.value]
  if (instance.subscriptions.find(profile.id, service.id)) {
    return instance.errors.duplicateKey(named, 'service', textOf(service, 'name'))
  }
  const added = instance.subscriptions.add(profile.id, service.id, instance.time.now())
  return jsonAnswer(instance.settings.subscribeStatus, show(instance, call, owner.value, added, true))
}

const findSubscription = (
  instance: Instance,
  call: Call,
): Read<{ owner: Row; subscription: Subscription }> => {
  const owner = findRecord(instance, call)
  if ('refusal' in owner) return owner
  const { errors, keys, subscriptions } = instance
  const id = keys.read(kinds.subscription, call.subKey)
  if (id === undefined) return { refusal: errors.malformedKey(named, call.subKey, call.endpoint) }
  const subscription = subscriptions.get(id)
  const isOwn = subscription && heldBy(instance, call, owner.value).includes(subscription)
  return isOwn
    ? { value: { owner: owner.value, subscription } }
    : { refusal: errors.unknownRecord(named, call.subKey, call.endpoint) }
}

export const readSubscription = (instance: Instance, call: Call): HttpAnswer => {
  const found = findSubscription(instance, call)
  if ('refusal' in found) return found.refusal
  return jsonAnswer(200, show(instance, call, found.value.owner, found.value.subscription))
}

/** 204, whatever body the request had. */
export const unsubscribe = (instance: Instance, call: Call): HttpAnswer => {
  const found = findSubscription(instance, call)
  if ('refusal' in found) return found.refusal
  instance.subscriptions.remove(found.value.subscription)
  return { kind: 'answer', status: 204, headers: {}, body: '' }
}
