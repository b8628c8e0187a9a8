// `npm run redrive`: sends parked changes again, of the local stack or of the one that the environment names.
import { readDuration, readOptions } from '../local/command/options.ts'
import { endRefused } from '../local/command/refusal.ts'

const ALLOWED = 'npm run redrive -- [--code unmatched]… [--older-than 6h] [--dry-run]'

const main = async (): Promise<void> => {
  const { values } = readOptions(
    {
      options: {
        code: { type: 'string', multiple: true },
        'older-than': { type: 'string' },
        'dry-run': { type: 'boolean' },
      },
    },
    ALLOWED,
  )
  const olderThan = values['older-than']
  const options = {
    codes: values.code ?? [],
    parkedBefore:
      olderThan === undefined
        ? Number.POSITIVE_INFINITY
        : Date.now() - readDuration('--older-than', olderThan),
    isDryRun: values['dry-run'] ?? false,
  }
  // The clients of AWS take their time to load.
  const { redriveCommand } = await import('./command.ts')
  await redriveCommand(options)
}

await main().catch(endRefused)
