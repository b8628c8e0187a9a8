// `npm start`: everything on this machine, two stories on the screen, then it goes on serving.
import { mappings } from '../../functions/change/mappings.ts'
import { invite } from './invitation.ts'
import { createLocalLog } from './local-log.ts'
import { localSourceNames } from './local-source.ts'
import { endRefused } from './refusal.ts'
import person from './samples/profile.json' with { type: 'json' }
import { bold, dim, print, red } from './screen.ts'
import { startLocalStack } from './stack.ts'
import { explainStart, readStartSettings } from './start-settings.ts'
import { tellStory } from './story.ts'
import { storyLateEdit } from './story-late-edit.ts'
import { storyOnePatch } from './story-one-patch.ts'

// Everything lives in this process and in memory: its end ends all of it, at once and whatever it is doing.
process.on('SIGINT', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
// Whoever reads the screen may leave (`npm start | head`); the servers stay.
process.stdout.on('error', () => undefined)

const start = async (): Promise<void> => {
  const settings = readStartSettings(process.env)
  const log = createLocalLog((line) => print(dim(line)))
  let isReady = false
  const stack = await startLocalStack({ ...settings, log, isReady: () => isReady }).catch(
    (error: unknown) => {
      throw explainStart(error, settings)
    },
  )
  const { campaign } = stack.campaign

  print(bold('Campaign profile sync, all of it on this machine'))
  const stage = { gatewayUrl: stack.gateway.url, campaign, log, mappings }
  for (const [position, story] of [storyOnePatch, storyLateEdit].entries()) {
    if (!story.canBeTold(mappings)) {
      print('', dim(`Story ${position + 1} is left out: mappings.ts has no ${story.source} as it shipped.`))
    } else if (!(await tellStory(story, position + 1, stage))) {
      print('', red('The demonstration failed: the lines marked ✗ say where.'))
      process.exit(1)
    }
  }

  campaign.addProfiles([person])
  log.showChanges()
  invite(stack, localSourceNames(mappings))
  isReady = true
}

await start().catch(endRefused)
