// The pages are held to what is there: their links, their excerpt, their commands.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { stageSchema } from '../../infra/stage.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const readme = read('README.md')

/** What GitHub makes of the headings of a page, for links to them. */
const headingsOf = (path: string): readonly string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  )

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')))

describe.each(['README.md', 'infra/README.md'])('%s', (page) => {
  const text = read(page)
  const linksOf = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, link = '']) => link)

  it('links to files that exist, and to headings that are there', () => {
    const links = linksOf(/\]\(([^)\s]+)\)/g).filter((link) => !link.startsWith('https://'))
    const isBroken = (link: string) => {
      const target = new URL(link, new URL(page, root))
      const file = target.pathname.slice(root.pathname.length)
      if (!existsSync(new URL(file, root))) return true
      return target.hash !== '' && !headingsOf(file).includes(target.hash.slice(1))
    }
    expect(links.length).toBeGreaterThan(20)
    expect(links.filter(isBroken)).toEqual([])
  })

  it('names scripts that exist', () => {
    const named = linksOf(/npm run (?:-s )?([\w:]+)/g)
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test', ...named]))
    expect(named.length).toBeGreaterThan(0)
  })

  it('shows events that are JSON as a shell hands them on, with a change in each', () => {
    const shown = linksOf(/aws events put-events --entries '([^']+)'/g)
    expect(shown).toHaveLength(1)
    const [{ Detail }] = z.tuple([z.looseObject({ Detail: z.string() })]).parse(JSON.parse(shown[0] ?? ''))
    expect(Object.keys(JSON.parse(Detail))).toEqual(['id', 'occurredAt', 'match', 'set'])
  })
})

describe('infra/README.md', () => {
  const text = read('infra/README.md')

  it('has every key of a stage in its table, and shows a stage that is one', () => {
    const table = text.slice(text.indexOf('| key | meaning |'), text.indexOf('Edit mappings.ts too'))
    const keys = [...table.matchAll(/^\| (`.+?`) \|/gm)].flatMap(
      ([, names = '']) => names.match(/\w+/g) ?? [],
    )
    expect(keys.toSorted()).toEqual(Object.keys(stageSchema.shape).toSorted())
    const [, excerpt = ''] = /```json\n( {4}"stages"[\s\S]*?)```/.exec(text) ?? []
    const { stages } = z
      .object({ stages: z.record(z.string(), stageSchema) })
      .parse(JSON.parse(`{${excerpt}}`))
    expect(Object.keys(stages)).toEqual(['prod'])
  })

  it('calls outputs by names that the stack gives them', () => {
    const named = new Set([...text.matchAll(/<([A-Z]\w+)>/g)].map(([, name = '']) => name))
    const stack = read('infra/stack.ts')
    expect(named.size).toBeGreaterThan(5)
    expect([...named].filter((name) => !stack.includes(`    ${name}: `))).toEqual([])
  })
})

it('shows mappings.ts as it ships', () => {
  const excerpt =
    [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].find(([, text]) => text?.includes('fields: {'))?.[1] ?? ''
  expect(excerpt).toContain('fields: {')
  expect(read('test/support/mappings.ts')).toContain(excerpt)
})
