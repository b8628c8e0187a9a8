// How a handler becomes the files that Lambda loads; the stack and the tests bundle alike.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, buildSync, type Metafile } from 'esbuild'
import { FUNCTION_NAMES, type Handler, handlerOf } from './function-names.ts'

/** The files of functions/handlers, each an entry of its own. */
export const HANDLERS: readonly Handler[] = [...new Set(FUNCTION_NAMES.map(handlerOf))]

export const root = fileURLToPath(new URL('..', import.meta.url))

/** What Lambda is told: the file without its ending, and the export. */
export const LAMBDA_HANDLER = 'index.handler'

/**
 * ES modules in chunks: what is imported on first use (a kind of source, the SDK's ways to find credentials that Lambda
 * does not need) is a file of its own, and not read before. One file of CommonJS takes longer to load and to its first
 * call, one file of ES modules longest.
 */
export const bundleOptions = {
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  // Parts of the SDK still call it.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
  },
  // The ES modules of the SDK first: what is not used is left out.
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'warning',
} as const satisfies BuildOptions

/** Writes `index.mjs` and its chunks into the folder and says what went into each. Throws where a file is missing or wrong. */
export const bundle = (handler: Handler, folder: string): Metafile =>
  buildSync({
    ...bundleOptions,
    absWorkingDir: root,
    entryPoints: [{ in: join('functions', 'handlers', `${handler}.ts`), out: 'index' }],
    outdir: folder,
    metafile: true,
  }).metafile
