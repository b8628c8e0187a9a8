// `npm run send -- <source> [file]`: plays the vendor towards the local stack, or towards GATEWAY_URL.
import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { readPort } from './command/ports.ts'
import { endRefused, Refusal } from './command/refusal.ts'
import { bold, dim, green, print, red, status } from './command/screen.ts'
import { localMappings } from './local-mappings.ts'
import { findLocalSource, type LocalSource, localSourceNames } from './sending/local-source.ts'
import { moveToNow } from './sending/move-to-now.ts'
import { type Delivery, type Posted, postSigned } from './sending/post-signed.ts'
import type { put } from './sending/put.ts'

const send = async (): Promise<void> => {
  const [name, file] = process.argv.slice(2)
  if (name === undefined) {
    const names = localSourceNames(localMappings).join(', ')
    throw new Refusal(`say which source: npm run send -- <source> [file], where <source> is one of: ${names}`)
  }
  const source = await findLocalSource(localMappings, name)
  const gatewayUrl = readGatewayUrl()
  const body = await readBody(source, file)
  const isSent =
    'secret' in source
      ? await post({ source, gatewayUrl, body, now: Date.now() })
      : await putUnsigned(gatewayUrl, { name, sender: source.sender, body: String(body) })
  if (!isSent) process.exitCode = 1
}

const post = async (delivery: Delivery): Promise<boolean> => {
  const posted = await postSigned(delivery).catch(noAnswerFrom(delivery.gatewayUrl))
  show(posted, delivery.body)
  return posted.status < 300
}

const putUnsigned = async (gatewayUrl: string, given: Parameters<typeof put>[1]): Promise<boolean> => {
  const { put } = await import('./sending/put.ts')
  const { call, id, fault } = await put(gatewayUrl, given).catch(noAnswerFrom(gatewayUrl))
  print(
    bold(call),
    dim(given.body.replace(/^/gm, '   ')),
    '',
    fault === undefined ? green(`${id}`) : red(fault),
  )
  if (fault === undefined)
    print(
      '',
      dim('Nobody is answered here: how it ends, or why it is parked, is printed where npm start runs.'),
    )
  return fault === undefined
}

const noAnswerFrom =
  (gatewayUrl: string) =>
  (error: unknown): never => {
    if (error instanceof Refusal) throw error
    const remedy = process.env['GATEWAY_URL']
      ? 'check GATEWAY_URL'
      : 'run npm start first, or set PORT to its port'
    throw new Refusal(`no answer from ${gatewayUrl} (${codeOf(error)}): ${remedy}`)
  }

/** The given file byte for byte, or the recorded payload of the source's kind, moved to now. */
const readBody = async ({ name, kindName }: LocalSource, file: string | undefined): Promise<Buffer> => {
  if (file !== undefined) {
    return readFile(file).catch((error: unknown) => {
      throw new Refusal(`${file} cannot be read (${codeOf(error)}): give the path of a file, or none`)
    })
  }
  const recorded = new URL(`samples/${kindName}.json`, import.meta.url)
  const text = await readFile(recorded, 'utf8').catch(() => {
    throw new Refusal(
      `there is no recorded payload of the kind ${kindName}: npm run send -- ${name} <file> sends yours`,
    )
  })
  return Buffer.from(JSON.stringify(moveToNow(JSON.parse(text), Date.now())))
}

const readGatewayUrl = (): string => {
  const given = process.env['GATEWAY_URL'] || `http://127.0.0.1:${readPort(process.env, 'PORT')}`
  if (!/^https?:\/\/[^/]/.test(given) || !URL.canParse(given))
    throw new Refusal('GATEWAY_URL is not an http(s) address, such as http://127.0.0.1:3000')
  return given.replace(/\/+$/, '')
}

const codeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause ? error.cause : error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'for an unknown reason'
}

const show = (posted: Posted, body: Buffer): void => {
  print(`${bold(`POST ${posted.url}`)}   ${dim(`${body.length} bytes`)}`)
  for (const [header, value] of Object.entries(posted.requestHeaders)) print(dim(`${header}: ${value}`))
  print(
    dim(body.toString().replace(/^/gm, '   ')),
    '',
    `${status(posted.status)} ${posted.statusText}`,
    pretty(posted.text),
  )
  if (posted.status === 202) print('', dim(explain(posted.text)))
}

const receiptSchema = z.object({ accepted: z.number(), ignored: z.number(), rejected: z.array(z.unknown()) })

/** What a 202 means for each of the events, and where more is to be seen. */
const explain = (text: string): string => {
  const { accepted, ignored, rejected } = receiptSchema.parse(JSON.parse(text))
  return [
    accepted > 0
      ? `${accepted} taken and queued: how each ends is printed where npm start runs.`
      : 'Nothing was taken.',
    ...(ignored > 0
      ? [`${ignored} ignored: mappings.ts names no attribute for it, or it is no edit of a contact.`]
      : []),
    ...(rejected.length > 0 ? [`${rejected.length} rejected, for the reasons above.`] : []),
  ].join('\n')
}

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

await send().catch(endRefused)
