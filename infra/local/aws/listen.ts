// Every server of the local stack begins and ends to listen here.
import { once } from 'node:events'
import type { Server } from 'node:http'

/** A server that listens. `close` cuts every connection at once and may be called again. */
export type Listening = { readonly url: string; readonly port: number; readonly close: () => Promise<void> }

/** Listens on `host`; port 0 takes any free one. Rejects with node's own error (`EADDRINUSE`). */
export const listen = async (server: Server, port: number, host = '127.0.0.1'): Promise<Listening> => {
  // A connection cut while idle races with its next use, which would look like a fault of AWS.
  server.keepAliveTimeout = 0
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port')
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://${host}:${address.port}`, port: address.port, close }
}
