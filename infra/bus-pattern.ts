// Which events of a bus go into the inbox: the pattern of the rule on AWS, and what it means on one machine.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html

/** Events whose `source` is one of these, to the letter. On AWS the list may not be empty. */
export type BusPattern = { readonly source: string[] }

/** The pattern for the given senders (`busSourcesOf` has those of mappings.ts). */
export const busPattern = (senders: Iterable<string>): BusPattern => ({ source: [...senders] })

export const isMatch = ({ source }: BusPattern, event: { readonly source: string }): boolean =>
  source.includes(event.source)
