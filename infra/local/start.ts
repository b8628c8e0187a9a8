// `npm start`. Listens to signals and reads the settings before the rest is even loaded.
import { endRefused } from './command/refusal.ts'
import { readStartSettings } from './command/start-settings.ts'

// Everything lives in this process and in memory: its end ends all of it, at once and whatever it is doing.
process.on('SIGINT', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
// Whoever reads the screen may leave (`npm start | head`); the servers stay.
process.stdout.on('error', () => undefined)

const start = async (): Promise<void> => {
  const settings = readStartSettings(process.env)
  const { demonstrate } = await import('./demonstration/demonstration.ts')
  await demonstrate(settings)
}

await start().catch(endRefused)
