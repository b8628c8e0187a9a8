// What can be wrong with who sends on the bus, said at start.
import type { Mappings } from './mapping.ts'

/** One sentence each: an event that belongs to two sources, and an inbox that belongs to none. */
export const busFaults = ({ sources, inbox }: Mappings): readonly string[] => {
  const takenBy = new Map<string, string>()
  const twice = Object.entries(sources).flatMap(([name, { bus = [] }]) =>
    bus.flatMap((sender) => {
      const other = takenBy.get(sender)
      takenBy.set(sender, name)
      return other === undefined ? [] : [`sources.${name}.bus: ${sender} belongs to sources.${other} already`]
    }),
  )
  const named = Object.keys(sources).filter((name) => sources[name]?.bus !== undefined)
  if (inbox === undefined || named.includes(inbox)) return twice
  const allowed = named.length > 0 ? `there is ${named.join(', ')}` : 'there is none yet'
  return [...twice, `inbox: ${inbox} is no source with bus, ${allowed}`]
}
