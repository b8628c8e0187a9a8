// Runs around every test: a request that Adobe's OpenAPI file does not know fails the test that sent it.
import { afterEach, expect } from 'vitest'

afterEach(async () => {
  // Loaded here: most tests never start an emulator, and the file is not small.
  const { takeUnknownRequests } = await import('./support/contract.ts')
  expect(takeUnknownRequests(), 'requests that Campaign’s OpenAPI file does not know').toEqual([])
})
