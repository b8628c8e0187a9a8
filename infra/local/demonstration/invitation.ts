// What the screen says when the stories are over: where things listen, and what to try next.
import type { Mappings } from '../../../functions/change/mapping.ts'
import { bold, dim, print } from '../command/screen.ts'
import person from '../samples/profile.json' with { type: 'json' }
import { isSigned, localSourceNames } from '../sending/local-source.ts'
import type { LocalStack } from '../stack.ts'

/** The commands work as printed, in another terminal of the same folder. */
export const invite = ({ gateway, campaign, standIns }: LocalStack, mappings: Mappings): void => {
  const setting = gateway.port === 3000 ? '' : `PORT=${gateway.port} `
  const sources = localSourceNames(mappings)
  const webhooks = sources.filter(isSigned).join(', ')
  const others = sources.filter((name) => !isSigned(name)).join(', ')
  const { EVENT_BUS_NAME } = standIns.environment
  print(
    '',
    bold('Serving until Ctrl-C.'),
    `   gateway          ${gateway.url}/webhooks/<source>   ${dim(`sources: ${webhooks}`)}`,
    ...(others ? [`   event bus        ${EVENT_BUS_NAME}   ${dim(`sources: ${others}`)}`] : []),
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
