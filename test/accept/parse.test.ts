import { expect, it } from 'vitest'
import { parseJson } from '../../functions/accept/parse.ts'
import type { VerifiedBody } from '../../functions/accept/verify.ts'

const parse = (body: string | Buffer) => parseJson(Buffer.from(body as string) as unknown as VerifiedBody)

it('reads JSON', () => {
  for (const value of [null, 0, '', [], {}, [{ a: ['Zoë 🚀', 1.5, true] }], 'x'.repeat(20)]) {
    expect(parse(JSON.stringify(value))).toEqual({ payload: value })
  }
})

it('keeps every digit of whole numbers beyond what a double holds', () => {
  expect(parse('[1745500706683617281,-1745500706683617281,9007199254740991,9007199254740993]')).toEqual({
    payload: [1745500706683617281n, -1745500706683617281n, 9007199254740991, 9007199254740993n],
  })
})

it('leaves fractions, exponents and digits in text what they are', () => {
  expect(parse('[0.125000000000000000,1234567890123.456e3,"1745500706683617281"]')).toEqual({
    payload: [0.125, 1234567890123456, '1745500706683617281'],
  })
})

it('makes no number of one that was rounded to a whole one', () => {
  expect(parse('[1234567890123456e3,4503599627370497.5]')).toEqual({ payload: [Number.NaN, Number.NaN] })
})

it('keeps a key named __proto__ a key', () => {
  const parsed = parse('{"__proto__":{"x":1745500706683617281}}')
  expect(Object.keys(parsed?.payload as object)).toEqual(['__proto__'])
  expect({}).not.toHaveProperty('x')
})

it('refuses what is no JSON, or no UTF-8', () => {
  for (const body of ['', ' ', '{', 'x', "{'a':1}", '{"a":1}x', 'undefined', '01', '[1,]']) {
    expect(parse(body), body).toBeUndefined()
  }
  expect(parse(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined()
  expect(parse(Buffer.from('"a"', 'utf16le'))).toBeUndefined()
})

it('reads a deep nest, and refuses one too deep to look for digits in', () => {
  const nested = (inner: string) => `${'['.repeat(100_000)}${inner}${']'.repeat(100_000)}`
  expect(depthOf(parse(nested(''))?.payload)).toBe(100_000)
  expect(parse(nested('1745500706683617281'))).toBeUndefined()
})

const depthOf = (value: unknown): number => {
  let depth = 0
  for (let held = value; Array.isArray(held); held = held[0]) depth += 1
  return depth
}

it.each(['1e-100000000', '0e-9999999', '0e999999999', '0.0e-99999999', '-0e99999999'])(
  'reads %s at once: a few characters must not ask for a hundred million digits',
  (number) => {
    const started = performance.now()
    expect(parse(`[${number},1234567890123456]`)).toBeDefined()
    // Taking the power would last seconds and more.
    expect(performance.now() - started).toBeLessThan(500)
  },
)
