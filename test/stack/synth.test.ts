// What `npm run synth` checks beside the claims of the other files: AWS's rule packs, and that a fault ends it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { App } from 'aws-cdk-lib'
import { afterAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { readStages } from '../../infra/context.ts'
import { ACKNOWLEDGED, addNag } from '../../infra/nag.ts'
import { createStack } from '../../infra/stack.ts'
import { busMappings, context, PARTNER_BUS } from './synth-stage.ts'

const out = mkdtempSync(join(tmpdir(), 'synth-'))
afterAll(() => rmSync(out, { recursive: true }))

const reportSchema = z.object({
  pluginReports: z.array(
    z.object({
      violations: z.array(
        z.object({
          ruleName: z.string(),
          violatingConstructs: z.array(z.object({ constructPath: z.string() })),
        }),
      ),
    }),
  ),
})

/** What the checks find that nobody has acknowledged, once each: `rule construct`. */
const found = async (stages: unknown, acknowledged: typeof ACKNOWLEDGED) => {
  const outdir = mkdtempSync(join(out, 'app-'))
  const app = new App({ outdir, context: { ...context, 'aws:cdk:bundling-stacks': [] } })
  const read = await readStages(stages, undefined, busMappings)
  addNag(
    app,
    read.map((stage) => createStack(app, stage)),
    acknowledged,
  )
  let hasFailed = false
  try {
    app.synth()
  } catch {
    hasFailed = true
  }
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'))
  const violations = reportSchema
    .parse(report)
    .pluginReports.flatMap((plugin) =>
      plugin.violations.flatMap(({ ruleName, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath.split('/')[1]}`),
      ),
    )
  return { hasFailed, violations: [...new Set(violations)].toSorted() }
}

const everything = {
  test: { settings: { BUSINESS_KEY: 'cusCrmId' }, customerKey: true, partnerBuses: [PARTNER_BUS] },
}

describe('AWS’s rule packs', () => {
  it('find exactly what is acknowledged in a stage with all that can be switched on, and end the synth', async () => {
    const acknowledged = ACKNOWLEDGED.flatMap(({ rule, on }) => on.map((id) => `${rule} ${id}`))
    expect(await found(everything, [])).toEqual({
      hasFailed: true,
      violations: acknowledged.toSorted(),
    })
  })
})

it('a wrong value ends the synth with a sentence and nothing else', () => {
  const wrong = { dev: { settings: { BUSINESS_KEY: 'cusCrmId', VERIFY: 'often' }, logRetentionDays: 31 } }
  const { status, stderr } = spawnSync(
    process.execPath,
    [fileURLToPath(new URL('../../infra/app.ts', import.meta.url))],
    {
      env: { ...process.env, CDK_OUTDIR: out, CDK_CONTEXT_JSON: JSON.stringify({ stages: wrong }) },
      encoding: 'utf8',
    },
  )
  expect(stderr.trim().split('\n')).toEqual([
    'stages.dev.logRetentionDays: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 days, not 31',
    'stages.dev.settings.VERIFY must be never or always, not "often"',
  ])
  expect(status).toBe(1)
})
