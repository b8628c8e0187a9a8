// A queue of many things, the soonest first; of those at one moment the one that came first. A binary heap.

export type Soonest<Item> = {
  readonly add: (at: number, item: Item) => void
  /** When the soonest is due; undefined where there is none. */
  readonly nextAt: () => number | undefined
  /** Takes the soonest out. */
  readonly take: () => Item | undefined
  readonly size: () => number
}

type Node<Item> = { readonly at: number; readonly place: number; readonly item: Item }

export const soonest = <Item>(): Soonest<Item> => {
  const heap: Node<Item>[] = []
  let added = 0
  const isBefore = (one: Node<Item>, other: Node<Item>): boolean =>
    one.at < other.at || (one.at === other.at && one.place < other.place)

  const rise = (node: Node<Item>) => {
    let index = heap.length
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = heap[above]
      if (!parent || isBefore(parent, node)) break
      heap[index] = parent
      index = above
    }
    heap[index] = node
  }

  const sink = (node: Node<Item>) => {
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      let child = heap[below]
      const other = heap[below + 1]
      if (child && other && isBefore(other, child)) {
        below += 1
        child = other
      }
      if (!child || isBefore(node, child)) break
      heap[index] = child
      index = below
    }
    heap[index] = node
  }

  return {
    add: (at, item) => {
      rise({ at, place: added, item })
      added += 1
    },
    nextAt: () => heap[0]?.at,
    take: () => {
      const [first] = heap
      const last = heap.pop()
      if (last && last !== first) sink(last)
      return first?.item
    },
    size: () => heap.length,
  }
}
