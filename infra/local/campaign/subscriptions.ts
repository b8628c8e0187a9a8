// Who subscribed to which service.
export type Subscription = { id: number; profile: number; service: number; created: number }

export type Subscriptions = ReturnType<typeof createSubscriptions>

export const createSubscriptions = () => {
  const all = new Map<number, Subscription>()
  const byProfile = new Map<number, Set<Subscription>>()
  const byService = new Map<number, Set<Subscription>>()
  let lastId = 0

  const put = (index: Map<number, Set<Subscription>>, id: number, subscription: Subscription) => {
    const held = index.get(id)
    if (held) held.add(subscription)
    else index.set(id, new Set([subscription]))
  }
  const remove = (subscription: Subscription) => {
    all.delete(subscription.id)
    byProfile.get(subscription.profile)?.delete(subscription)
    byService.get(subscription.service)?.delete(subscription)
  }
  const removeAll = (index: Map<number, Set<Subscription>>, id: number) => {
    for (const subscription of index.get(id) ?? []) remove(subscription)
    index.delete(id)
  }

  return {
    get: (id: number) => all.get(id),
    /** In the order of creation. */
    ofProfile: (id: number) => [...(byProfile.get(id) ?? [])],
    ofService: (id: number) => [...(byService.get(id) ?? [])],
    find: (profile: number, service: number) =>
      [...(byProfile.get(profile) ?? [])].find((subscription) => subscription.service === service),
    add: (profile: number, service: number, created: number): Subscription => {
      lastId += 1
      const subscription = { id: lastId, profile, service, created }
      all.set(lastId, subscription)
      put(byProfile, profile, subscription)
      put(byService, service, subscription)
      return subscription
    },
    remove,
    removeProfile: (id: number) => removeAll(byProfile, id),
    removeService: (id: number) => removeAll(byService, id),
    clear: () => {
      all.clear()
      byProfile.clear()
      byService.clear()
    },
  }
}
