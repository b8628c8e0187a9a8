// Brings everything up on this machine, plays four stories on the screen, then goes on serving.
import { mappings } from '../../../functions/change/mappings.ts'
import { bold, dim, print, red } from '../command/screen.ts'
import { explainStart, type StartSettings } from '../command/start-settings.ts'
import { localMappings } from '../local-mappings.ts'
import person from '../samples/profile.json' with { type: 'json' }
import { startLocalStack } from '../stack.ts'
import { invite } from './invitation.ts'
import { createLocalLog } from './local-log.ts'
import { tellStory } from './story.ts'
import { storyLateEdit } from './story-late-edit.ts'
import { storyLateProfile } from './story-late-profile.ts'
import { storyOnePatch } from './story-one-patch.ts'
import { storyOptIn } from './story-opt-in.ts'

const STORIES = [storyOnePatch, storyLateEdit, storyLateProfile, storyOptIn]

export const demonstrate = async (settings: StartSettings): Promise<void> => {
  const log = createLocalLog((line) => print(dim(line)))
  let isReady = false
  const stack = await startLocalStack({ ...settings, log, isReady: () => isReady }).catch(
    (error: unknown) => {
      throw explainStart(error, settings)
    },
  )
  const { campaign } = stack.campaign

  print(bold('Campaign profile sync, all of it on this machine'))
  const { moveWaiting } = stack
  const stage = { gatewayUrl: stack.gateway.url, campaign, log, mappings, moveWaiting }
  const isObserving = settings.environment['MODE'] === 'observe'
  if (isObserving) {
    print('', 'MODE=observe: nothing is written to Campaign, so there is no story of how it is written.')
    print(
      dim('Keep the lines below in a file, and npm run observed -- <file> adds up what would be written.'),
    )
  }
  for (const [position, story] of (isObserving ? [] : STORIES).entries()) {
    if (!story.canBeTold(mappings, settings.environment)) {
      print('', dim(`Story ${position + 1} is left out: mappings.ts or a setting is not as it shipped.`))
    } else if (!(await tellStory(story, position + 1, stage))) {
      print('', red('The demonstration failed: the lines marked ✗ say where.'))
      process.exit(1)
    }
  }

  campaign.addProfiles([person])
  log.showChanges()
  invite(stack, localMappings)
  isReady = true
}
