// How our lines are handed out by AWS: each way writes the same ones differently.

/** What the lines are like, and the whole log that carries them. */
export const carriers: readonly (readonly [string, (lines: readonly string[]) => string])[] = [
  [
    'behind the time and the stream, as `aws logs tail` prints them',
    (all) =>
      all
        .map((line) => `2026-11-22T10:00:00.123000+00:00 2026/11/22/[$LATEST]0123456789abcdef ${line}`)
        .join('\n'),
  ],
  [
    'among the lines of Lambda itself',
    (all) =>
      all
        .flatMap((line) => [
          'START RequestId: 1 Version: 2',
          line,
          'REPORT {"message":"change.delivered"} {',
          '{"message":"change.delivered"}',
          '',
        ])
        .join('\r\n'),
  ],
  [
    'as text in the field message, one event in a line',
    (all) =>
      all.map((message, id) => JSON.stringify({ id, timestamp: 1, message: `${message}\n` })).join('\n'),
  ],
  [
    'as text in a document that is broken into lines',
    (all) => JSON.stringify({ events: all.map((message) => ({ timestamp: 1, message })) }, null, 4),
  ],
  [
    'as text in a document on one line',
    (all) => JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: all.map((message) => ({ message })) }),
  ],
  [
    'as rows of a query',
    (all) => JSON.stringify(all.map((line) => ({ '@timestamp': 'x', '@message': line }))),
  ],
  ['each of them twice', (all) => [...all.filter((line) => !line.includes('decoded')), ...all].join('\n')],
]
