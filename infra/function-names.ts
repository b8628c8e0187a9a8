// What the functions are called: in privileges, alarms, the local stack and, spelled as constructs are, in the template.

export const FUNCTION_NAMES = ['webhook', 'bus', 'deliver', 'deliver-now', 'mover'] as const
export type FunctionName = (typeof FUNCTION_NAMES)[number]

/** Functions whose code is a file of its own in functions/handlers. */
export type Handler = Exclude<FunctionName, 'deliver-now'>

/** What is loaded for a function: `deliver-now` is deliver once more, with a concurrency of its own. */
export const handlerOf = (name: FunctionName): Handler => (name === 'deliver-now' ? 'deliver' : name)

/** `deliver-now` as the id of a construct: `DeliverNow`. */
export const constructIdOf = (name: FunctionName): string =>
  name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
