// Lines as accept and deliver log them.

/** Accept's line of a delivery whose events with these places were accepted. */
export const decodedLine = (receipt: string, indexes: string, given: object = {}) => ({
  level: 'INFO',
  message: 'delivery.decoded',
  timestamp: '2026-11-22T10:00:00.000Z',
  source: 'hubspot',
  status: 202,
  receipt,
  indexes,
  ignored: [],
  rejected: [],
  ...given,
})

/** Deliver's line of one change. */
export const deliveredLine = (receipt: string, index: number, outcome: string, given: object = {}) => ({
  level: 'INFO',
  message: 'change.delivered',
  timestamp: '2026-11-22T10:00:01.000Z',
  changeId: `evt_${index}`,
  source: 'hubspot',
  outcome,
  engineCalls: 1,
  ms: 20,
  ageMs: 100,
  receipt,
  index,
  ...given,
})
