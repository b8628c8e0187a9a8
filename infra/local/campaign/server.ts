// The emulator behind node:http.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Answer, textAnswer } from './answer.ts'
import { type Campaign, type CampaignOptions, createCampaign } from './campaign.ts'

export type CampaignServer = AsyncDisposable & {
  url: string
  port: number
  campaign: Campaign
  /** Ends all sockets at once, answered or not. */
  close: () => Promise<void>
}

export type ServerOptions = Omit<CampaignOptions, 'baseUrl'> & { port: number; host?: string | undefined }

const readBody = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const readHeaders = (incoming: IncomingMessage): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value)
  return headers
}

const send = (answer: Answer, outgoing: ServerResponse): void => {
  if (answer.kind === 'reset') outgoing.socket?.resetAndDestroy()
  if (answer.kind !== 'answer') return
  outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) })
  outgoing.end(answer.body)
}

export const startCampaign = async ({
  port,
  host = '127.0.0.1',
  ...options
}: ServerOptions): Promise<CampaignServer> => {
  let url = ''
  const campaign = createCampaign({ ...options, baseUrl: () => url })

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await readBody(incoming).catch(() => undefined)
    if (!body) return void outgoing.destroy() // the client went away while it was sending
    const { method = 'GET', url: path = '/' } = incoming
    const answer = await campaign
      .handle({ method, path, headers: readHeaders(incoming), body })
      .catch((error: unknown) => textAnswer(500, [`the emulator itself failed: ${String(error)}`]))
    send(answer, outgoing)
  }
  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing))
  // Clients keep connections for minutes; node's five seconds would break one at random.
  server.keepAliveTimeout = 120_000

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  url = `http://${host}:${bound}`

  const close = async () => {
    campaign.close()
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }
  return { url, port: bound, campaign, close, [Symbol.asyncDispose]: close }
}
