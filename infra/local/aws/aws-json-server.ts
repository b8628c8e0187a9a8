// A server that speaks AWS's JSON protocols, for the services that have no stand-in on npm.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { type Listening, listen } from './listen.ts'
import { readBody } from './read-body.ts'

export type AwsRequest = {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
export type AwsAnswer = {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body: string
}

/** An error that the SDK turns into the exception named `type`: REST clients read the header, others the body. */
export const awsError = (status: number, type: string, message: string): AwsAnswer => ({
  status,
  headers: { 'x-amzn-errortype': type },
  body: JSON.stringify({ __type: type, message }),
})

/** Starts on a free port. Where `answer` gives undefined the connection is cut, as by a service that cannot be reached. */
export const startAwsJsonServer = async (
  answer: (request: AwsRequest) => Promise<AwsAnswer | undefined>,
): Promise<Listening> => {
  const server = createServer(async (request, response) => {
    try {
      const body = (await readBody(request))?.toString() ?? ''
      const given = await answer({ path: request.url ?? '/', headers: request.headers, body })
      if (given === undefined) {
        request.socket.destroy()
        return
      }
      response.writeHead(given.status, { 'content-type': 'application/x-amz-json-1.1', ...given.headers })
      response.end(given.body)
    } catch {
      // The client left, or the SDK's own retry is the answer to a fault here.
      request.socket.destroy()
    }
  })
  return listen(server, 0)
}
