// The ledger as one piece of work would leave it: what is there is read, what would be written is only remembered, and
// every lease is free, since nobody writes.
import type { Ledger, Remembered } from '../ledger/ledger.ts'

export const rehearsedLedger = (ledger: Pick<Ledger, 'read'>): Ledger => {
  const items = new Map<string, Remembered>()
  const read: Ledger['read'] = async (identity) => items.get(identity) ?? ledger.read(identity)
  const change = async (identity: string, changed: (item: Remembered) => Partial<Remembered>) => {
    const item = await read(identity)
    items.set(identity, { ...item, ...changed(item) })
  }
  const record: Ledger['record'] = async ({ identity }, clocks, sent) => {
    await change(identity, (item) => ({
      clocks: { ...item.clocks, ...clocks },
      consentSent: sent ?? item.consentSent,
    }))
    return true
  }
  return {
    read,
    take: async (wanted) => ({
      ...(await read(wanted.identity)),
      ...wanted,
      lastEndedAt: undefined,
      attempts: 0,
      marks: [],
    }),
    begin: async () => true,
    record,
    giveBack: record,
    shorten: async () => {},
    restart: async ({ identity }, clocks, sent) => {
      await change(identity, () => ({ clocks, consentSent: sent }))
      return true
    },
    intend: (identity, deleting) => change(identity, () => ({ deleting })),
    spare: (identity) => change(identity, () => ({ deleting: undefined })),
    bury: (identity, tombstone) => change(identity, () => ({ tombstone })),
  }
}
