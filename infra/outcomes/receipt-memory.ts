// Remembers receipts that are done with: of millions only a fingerprint each, eight bytes, at most sixteen with the gaps.

export type ReceiptMemory = {
  readonly add: (receipt: string) => void
  readonly has: (receipt: string) => boolean
}

const FIRST_SLOTS = 1024

/** A hash table of two words per slot; both zero is an empty slot. Two of a million receipts look alike once in 37 million logs. */
export const createReceiptMemory = (): ReceiptMemory => {
  let slots = new Uint32Array(2 * FIRST_SLOTS)
  let held = 0

  /** Where a fingerprint stands, or where it would. */
  const place = (table: Uint32Array, [high, low]: Fingerprint): number => {
    for (let at = (low * 2) % table.length; ; at = (at + 2) % table.length) {
      const isEmpty = table[at] === 0 && table[at + 1] === 0
      if (isEmpty || (table[at] === high && table[at + 1] === low)) return at
    }
  }
  const put = (table: Uint32Array, fingerprint: Fingerprint): boolean => {
    const at = place(table, fingerprint)
    const isNew = table[at] === 0 && table[at + 1] === 0
    table.set(fingerprint, at)
    return isNew
  }
  const grow = () => {
    const larger = new Uint32Array(2 * slots.length)
    for (let at = 0; at < slots.length; at += 2) {
      const [high = 0, low = 0] = slots.subarray(at, at + 2)
      if (high !== 0 || low !== 0) put(larger, [high, low])
    }
    slots = larger
  }

  return {
    add: (receipt) => {
      if (put(slots, fingerprintOf(receipt))) held += 1
      // Three quarters full: beyond that a search gets long.
      if (held * 2 > slots.length * 0.75) grow()
    },
    has: (receipt) => slots[place(slots, fingerprintOf(receipt)) + 1] !== 0,
  }
}

type Fingerprint = readonly [high: number, low: number]

/** cyrb53 (public domain) with all of its 64 bits; the low word is never zero, so that no receipt looks like an empty slot. */
const fingerprintOf = (text: string): Fingerprint => {
  let [high, low] = [0xdeadbeef, 0x41c6ce57]
  for (let place = 0; place < text.length; place += 1) {
    const unit = text.charCodeAt(place)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  const mixed = mix(high, low)
  return [mixed >>> 0, mix(low, mixed) >>> 0 || 1]
}

const mix = (one: number, other: number): number =>
  Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909)
