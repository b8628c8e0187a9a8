// What the screen says when the stories are over: where things listen, and what to try next.
import { bold, dim, print } from '../command/screen.ts'
import person from '../samples/profile.json' with { type: 'json' }
import type { LocalStack } from '../stack.ts'

/** The commands work as printed, in another terminal of the same folder. */
export const invite = ({ gateway, campaign }: LocalStack, sources: readonly string[]): void => {
  const setting = gateway.port === 3000 ? '' : `PORT=${gateway.port} `
  print(
    '',
    bold('Serving until Ctrl-C.'),
    `   gateway          ${gateway.url}/webhooks/<source>   ${dim(`sources: ${sources.join(', ')}`)}`,
    `   Adobe Campaign   ${campaign.url}   ${dim('an emulator: no Adobe account is touched')}`,
    '',
    bold('Try next, in another terminal:'),
    ...sources.map((source) => `   ${setting}npm run send -- ${source}`),
    `   curl -s ${campaign.url}/_emulator/profiles | tr ',' '\\n' | grep -E '^"(email|firstName|lastName|phone|mobilePhone|location|city|cus[A-Za-z]+)"'`,
    `   curl -s ${gateway.url}/_local/queues`,
    '',
    dim(
      `What is sent changes ${person.firstName} ${person.lastName} (${person.email}, cusCrmId ${person.cusCrmId}).`,
    ),
    dim('From here on one line per delivery, and one per change as it leaves the queue:'),
  )
}
