// All thirty behaviours in both dialects, and the count of them.
import { afterAll, expect, it } from 'vitest'
import { showAccess } from './behaviours/access.ts'
import { behaviourCount, dialects, passedIn } from './behaviours/behaviour.ts'
import { showCollections } from './behaviours/collections.ts'
import { showControls } from './behaviours/controls.ts'
import { showLinks } from './behaviours/links.ts'
import { showRecords } from './behaviours/records.ts'
import { showRefusals } from './behaviours/refusals.ts'

showAccess()
showRecords()
showRefusals()
showCollections()
showLinks()
showControls()

it.each(dialects)(`covers all ${behaviourCount} behaviours in the dialect %s`, (dialect) => {
  expect(passedIn(dialect)).toEqual(Array.from({ length: behaviourCount }, (_, index) => index + 1))
})

afterAll(() => {
  for (const dialect of dialects) {
    process.stdout.write(
      `Campaign behaviours covered, ${dialect}: ${passedIn(dialect).length} of ${behaviourCount}\n`,
    )
  }
})
