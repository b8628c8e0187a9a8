// A stage as the stack makes it, without bundles, and ways to look at its template by the ids of its parts.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import * as z from 'zod'
import type { Mappings } from '../../functions/change/mapping.ts'
import { readStages } from '../../infra/context.ts'
import { createStack } from '../../infra/stack.ts'
import { mappings } from '../support/mappings.ts'

const cdkSchema = z.object({ context: z.record(z.string(), z.unknown()) })
/** Of cdk.json: the stages, and the flags that say what the CDK makes. */
export const { context } = cdkSchema.parse(
  JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')),
)

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.array(z.string()).default([]),
  DeletionPolicy: z.string().optional(),
  Metadata: z.object({ 'aws:cdk:path': z.string() }),
})
const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), z.unknown()),
})

export type InTemplate = z.infer<typeof resourceSchema> & {
  /** As in the template, where others refer to it. */
  readonly logicalId: string
  /** As in the code: `Webhook`, `WebhookRole/DefaultPolicy`. */
  readonly id: string
}

/** Mappings with two sources that are heard on the bus, and one on a partner's. */
export const PARTNER_BUS = 'aws.partner/example.com/1234/crm'
export const busMappings: Mappings = {
  ...mappings,
  sources: {
    ...mappings.sources,
    shop: { kind: 'direct', bus: ['com.example.shop'] },
    till: { kind: 'direct', bus: ['com.example.till'] },
    partner: { kind: 'direct', bus: [PARTNER_BUS] },
  },
}

/** Checks of templates cost seconds: synth.test.ts has them, and `npm run synth`. */
const unchecked = <Result>(work: () => Result): Result => {
  process.env['CDK_VALIDATION'] = 'false'
  try {
    return work()
  } finally {
    delete process.env['CDK_VALIDATION']
  }
}

const readStage = async (given: object, from: Mappings) => {
  const [stage] = await readStages(
    { test: { settings: { BUSINESS_KEY: 'cusCrmId' }, ...given } },
    undefined,
    from,
  )
  if (!stage) throw new Error('there is no stage')
  return stage
}

const assetSchema = z.object({
  Type: z.literal('AWS::Lambda::Function'),
  Metadata: z.object({ 'aws:cdk:path': z.string(), 'aws:asset:path': z.string() }),
})

/** The stage whole, bundles included, in this folder; answers the folder of each function's code, by its id. */
export const synthInto = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const app = new App({
    outdir: folder,
    context: { ...context, 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true },
  })
  const { stackName } = createStack(app, await readStage({}, mappings))
  const { Resources } = unchecked(() => app.synth().getStackByName(stackName).template)
  return new Map(
    Object.values(Resources).flatMap((resource) => {
      const metadata = assetSchema.safeParse(resource).data?.Metadata
      if (!metadata) return []
      const [, id = ''] = metadata['aws:cdk:path'].split('/')
      return [[id, join(folder, metadata['aws:asset:path'])] as const]
    }),
  )
}

export const synthStage = async (given: object = {}, from: Mappings = mappings) => {
  const stage = await readStage(given, from)
  const app = new App({
    // With the flags of cdk.json the CDK makes what it makes for `cdk deploy`.
    context: { ...context, 'aws:cdk:enable-path-metadata': true, 'aws:cdk:bundling-stacks': [] },
  })
  const { stackName } = createStack(app, stage)
  const template = templateSchema.parse(unchecked(() => app.synth().getStackByName(stackName).template))
  const resources = Object.entries(template.Resources).map(([logicalId, resource]): InTemplate => {
    const path = resource.Metadata['aws:cdk:path'].split('/')
    return {
      ...resource,
      logicalId,
      id: path.slice(1, path.at(-1) === 'Resource' ? -1 : undefined).join('/'),
    }
  })
  const byId = new Map(resources.map((resource) => [resource.id, resource]))
  const byLogicalId = new Map(resources.map((resource) => [resource.logicalId, resource]))
  const propertiesOf = (id: string) => {
    const found = byId.get(id)
    if (!found) throw new Error(`there is no ${id}, but ${[...byId.keys()].join(', ')}`)
    return found.Properties
  }
  return {
    template,
    resources,
    propertiesOf,
    ofType: (type: string) => resources.filter((resource) => resource.Type === type),
    /** The id of what a property refers to, by Ref or by one of its attributes. */
    referred: (value: unknown): string | undefined => byLogicalId.get(logicalIdIn(value) ?? '')?.id,
  }
}

const referenceSchema = z.union([
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
  z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }).transform((found) => found['Fn::GetAtt'][0]),
])
const logicalIdIn = (value: unknown): string | undefined => referenceSchema.safeParse(value).data
