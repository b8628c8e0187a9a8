// The shape of the project: data walks forward, files stay small, the top level stays what it is. Part of `npm run check`.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))

/** Every import of the project's own, types and `import()` with a template included, as paths from the root. */
const importsOf = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"`](\.[^'"`]*)['"`]/g)].map(
    ([, specifier = '']) => relative(root, join(root, dirname(file), specifier)),
  )

// Who may know whom: accept → change ← deliver, both on runtime, which knows the shapes of change and nothing else.
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'functions/change': ['functions/change'],
  'functions/runtime': ['functions/runtime', 'functions/change'],
  'functions/accept': ['functions/accept', 'functions/change', 'functions/runtime'],
  'functions/deliver': ['functions/deliver', 'functions/change', 'functions/runtime'],
  // What Lambda loads puts them together.
  'functions/handlers': ['functions'],
  infra: ['infra', 'functions'],
  test: ['test', 'infra', 'functions'],
}

describe.each(Object.entries(MAY_IMPORT))('%s', (folder, allowed) => {
  const files = filesIn(folder)

  it('has files, or this test would say nothing', () => {
    expect(files.length).toBeGreaterThan(0)
  })

  it(`imports from ${allowed.join(', ')} only`, () => {
    const against = files.flatMap((file) =>
      importsOf(file)
        .filter((imported) => !allowed.some((place) => imported.startsWith(`${place}/`)))
        .map((imported) => `${file} imports ${imported}`),
    )
    expect(against).toEqual([])
  })
})

it('finds an import against the walk when there is one', () => {
  expect(importsOf('functions/change/source.ts')).toContainEqual(
    expect.stringMatching(/^functions.change.sources.\$/),
  )
  expect(importsOf('functions/deliver/deliver.ts')).toContain('functions/runtime/config.ts')
})

it('has no kind of source that another kind knows', () => {
  const between = filesIn('functions/change/sources').flatMap((file) =>
    importsOf(file).filter((imported) => imported.startsWith('functions/change/sources/')),
  )
  expect(between).toEqual([])
})

it('keeps files small: at most 150 lines, 200 in the stack and the emulator', () => {
  const lines = (file: string) => readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length
  const tooLong = [...filesIn('functions'), ...filesIn('infra')].filter(
    (file) => lines(file) > (/^infra.(stack\.ts|local.campaign.)/.test(file) ? 200 : 150),
  )
  expect(tooLong).toEqual([])
})

it('has at its top level what the design names and what tools insist on finding there', () => {
  const generated = ['node_modules', 'cdk.out', 'coverage']
  const names = readdirSync(root).filter((name) => !name.startsWith('.') && !generated.includes(name))
  const allowed = ['functions', 'infra', 'test', 'package.json', 'tsconfig.json', 'cdk.json', 'README.md']
  const tools = ['package-lock.json', 'biome.json', 'vitest.config.ts', 'LICENSE']
  expect(names.filter((name) => !allowed.includes(name) && !tools.includes(name))).toEqual([])
})
