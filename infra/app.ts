// What `cdk` runs: the stages of cdk.json, each a stack; `-c stage=dev` makes it that one alone.
import { App } from 'aws-cdk-lib'
import { mappings } from '../functions/change/mappings.ts'
import { ContextError, readStages } from './context.ts'
import { addNag } from './nag.ts'
import { createStack } from './stack.ts'

const app = new App()
try {
  const stages = await readStages(app.node.tryGetContext('stages'), app.node.tryGetContext('stage'), mappings)
  addNag(
    app,
    stages.map((stage) => createStack(app, stage)),
  )
  app.synth()
} catch (error) {
  if (!(error instanceof ContextError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
