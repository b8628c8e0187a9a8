// The README is held to what is there: its links, its excerpt, its commands.
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as z from 'zod'

const root = new URL('../../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')

it('links to files that exist, and to headings of its own', () => {
  const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(
    ([, heading = '']) =>
      `#${heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-')}`,
  )
  const broken = links.filter((link) => {
    if (link.startsWith('https://')) return false
    return link.startsWith('#') ? !headings.includes(link) : !existsSync(new URL(link, root))
  })
  expect(links.length).toBeGreaterThan(20)
  expect(broken).toEqual([])
})

it('shows mappings.ts as it ships', () => {
  const excerpt =
    [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].find(([, text]) => text?.includes('fields: {'))?.[1] ?? ''
  expect(excerpt).toContain('fields: {')
  expect(readFileSync(new URL('test/support/mappings.ts', root), 'utf8')).toContain(excerpt)
})

it('names scripts that exist', () => {
  const named = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script)
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')))
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test', ...named]))
})
