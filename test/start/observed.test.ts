// `npm run observed` on what `npm start` prints with MODE=observe, and on the same lines as AWS hands them out.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import recordedHubspot from '../../infra/local/samples/hubspot.json' with { type: 'json' }
import { moveToNow } from '../../infra/local/sending/move-to-now.ts'
import { entriesIn } from '../../infra/observed/log-entries.ts'
import { startSumming } from '../../infra/observed/summary.ts'
import { post } from '../support/sender.ts'
import { carriers } from './log-carriers.ts'
import { COMPILE_CACHE, freePorts, runProgram } from './program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder: string
/** What `npm start` printed to a terminal, and our lines in it as they leave a function on AWS. */
let screen: string
let lines: readonly string[]

const inFile = async (name: string, contents: string): Promise<string> => {
  await writeFile(join(folder, name), contents)
  return join(folder, name)
}

/** Runs the program; `input` is its standard input. */
const observed = async (parameters: readonly string[], input = '') => {
  const child = spawn(process.execPath, ['infra/observed/main.ts', ...parameters], {
    cwd: root,
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILE_CACHE },
  })
  child.stdin.end(input)
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: child.exitCode, output, errors }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'observed-'))
  const ports = await freePorts()
  await using start = runProgram('start.ts', { ...ports, MODE: 'observe', FORCE_COLOR: '1' })
  await start.says('From here on')
  const edit = (id: string, more: object) => ({
    id,
    occurredAt: new Date().toISOString(),
    match: { email: 'mira.olsen@example.com' },
    ...more,
  })
  const edits = [
    edit('changed', { set: { phone: '+4722555011' } }),
    edit('same', { set: { lastName: 'Olsen' } }),
    edit('nobody', { match: { cusCrmId: 'nobody' }, set: { phone: '1' } }),
    edit('new', { action: 'upsert', match: { cusCrmId: 'new' }, set: { phone: '1', firstName: 'Eve' } }),
    edit('gone', { action: 'delete' }),
    edit('bad', { set: { phone: 1 } }),
  ]
  const gateway = `http://127.0.0.1:${ports.PORT}`
  expect((await post(gateway, 'direct', { body: edits })).body).toMatchObject({ accepted: 5 })
  expect((await post(gateway, 'hubspot', { body: moveToNow(recordedHubspot, Date.now()) })).status).toBe(202)
  await vi.waitFor(() => expect(start.output().match(/change\.delivered/g)).toHaveLength(7), 10_000)
  screen = start.output()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal gets
  lines = screen.match(/^\u001b\[2m\{.*\}/gm)?.map((line) => line.slice(4)) ?? []
}, 30_000)
afterAll(() => rm(folder, { recursive: true }))

const summaryOf = (log: string) => {
  const summing = startSumming()
  for (const line of log.split(/\r?\n/)) for (const entry of entriesIn(line)) summing.add(entry)
  return summing.summary()
}

const APPLIED = '"observed","code":"applied"'
const DEFERRED = '"deferred","code":"unavailable"'

const SUMMARY = {
  changes: 7,
  profiles: 2,
  from: expect.stringMatching(/^2\d{3}-/),
  to: expect.stringMatching(/^2\d{3}-/),
  attributes: { phone: 2, firstName: 2, mobilePhone: 1 },
  outcomes: { applied: 4, created: 1, unchanged: 1, waiting: 1 },
  deletions: 1,
  deferred: {},
  ignored: { 'not-mapped': 1 },
  rejected: { 'value-invalid': 1 },
  live: 0,
}

describe('npm run observed', { timeout: 20_000 }, () => {
  it('adds up what was printed to a terminal: profiles by attribute, changes by the end they would have had', async () => {
    const { code, output, errors } = await observed([await inFile('screen.log', screen)])
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output.replace(/2\d{3}-\S+Z/g, 'then')).toBe(`7 changes observed from then to then.
2 profiles would have got other values.

attribute                 profiles that would have changed
firstName                 2
phone                     2
mobilePhone               1

would have ended as       changes
applied                   4
  of them deletions       1
created                   1
unchanged                 1
waiting                   1

ignored, of no interest   events
not-mapped                1

rejected                  events
value-invalid             1
`)
  })

  it('reads the same from standard input, for machines', async () => {
    const { code, output, errors } = await observed(['--json'], lines.join('\n'))
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(JSON.parse(output)).toEqual(SUMMARY)
  })

  it.each(carriers)('reads the same lines %s', (_how, write) => {
    expect(summaryOf(write(lines))).toEqual(SUMMARY)
  })

  it('adds several files up', async () => {
    const half = lines.length / 2
    const files = [lines.slice(0, half), lines.slice(half)].map((part, place) =>
      inFile(`part-${place}.log`, part.join('\n')),
    )
    const { output } = await observed(['--json', ...(await Promise.all(files))])
    expect(JSON.parse(output)).toEqual(SUMMARY)
  })

  it('counts a change as not observed yet only until it is', () => {
    const line = lines.find((one) => one.includes(APPLIED)) ?? ''
    const deferred = line.replace(APPLIED, DEFERRED)
    const other = deferred.replace('"index":0', '"index":7')
    expect(summaryOf([deferred, other, other, line].join('\n'))).toMatchObject({
      changes: 1,
      deferred: { unavailable: 1 },
    })
  })

  it.concurrent.each([
    [['--josn'], /^--josn is not known: npm run observed -- \[--json\] \[file…\], .*\n$/],
    [['/nowhere.log'], /^\/nowhere\.log cannot be read \(ENOENT\): .*\n$/],
    [[root], /cannot be read \(EISDIR\): .*\n$/],
    [['package.json'], /^no change was observed in \d+ lines of log: start with MODE=observe, .*\n$/],
    [[], /^no change was observed in 0 lines of log: .*\n$/],
  ])('says in one line what is wrong with %j', async (parameters, sentence) => {
    const { code, output, errors } = await observed(parameters)
    expect({ code, output }).toEqual({ code: 1, output: '' })
    expect(errors).toMatch(sentence)
  })

  it('says that a log is of changes that were applied, or could not be looked up yet', async () => {
    const log = lines.join('\n').replace(APPLIED, DEFERRED).replaceAll('"observed"', '"applied"')
    const { code, errors } = await observed([], log)
    expect(code).toBe(1)
    expect(errors).toMatch(
      /^no change was observed in \d+ lines of log, 6 were worked while MODE was apply, 1 \(unavailable\) are still tried again: .*\n$/,
    )
  })
})
