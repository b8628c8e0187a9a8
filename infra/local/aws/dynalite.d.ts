// dynalite ships no types; this is the part that is used.
declare module 'dynalite' {
  import type { Server } from 'node:http'

  const dynalite: (options?: {
    createTableMs?: number
    updateTableMs?: number
    deleteTableMs?: number
  }) => Server
  export = dynalite
}
