import { expect, it } from 'vitest'
import { createPseudonym } from '../../functions/runtime/pseudonym.ts'

const pseudonym = createPseudonym('k'.repeat(32))

it('is the same for the same value, and tells nothing of it', () => {
  const name = pseudonym('email', 'amy.dakota@mail.com')
  expect(name).toBe(pseudonym('email', 'amy.dakota@mail.com'))
  expect(name).toMatch(/^[\w-]{43}$/)
  expect(name).not.toContain('amy')
})

it('takes an email without its case, and a key to the letter', () => {
  expect(pseudonym('email', 'Amy@MAIL.com')).toBe(pseudonym('email', 'amy@mail.com'))
  expect(pseudonym('cusCrmId', 'A1')).not.toBe(pseudonym('cusCrmId', 'a1'))
})

it('differs by attribute and by key of the stack', () => {
  expect(pseudonym('cusCrmId', 'a@b')).not.toBe(pseudonym('email', 'a@b'))
  expect(createPseudonym('l'.repeat(32))('email', 'a@b')).not.toBe(pseudonym('email', 'a@b'))
})
