// Data policies: on POST and PATCH a field's policy may refuse or rewrite what is written
// (AdobeDocs campaign-standard.en metadata-mechanism). What exactly they refuse is inferred.
import type { Value } from './attributes.ts'
import { badValue } from './engine-error.ts'
import type { Settings } from './settings.ts'
import type { Read } from './value.ts'

const names = new Set(['firstName', 'middleName', 'lastName'])

const smartCase = (text: string) =>
  text.toLowerCase().replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase())

export const applyDataPolicy = (settings: Settings, name: string, value: Value): Read<Value> => {
  if (typeof value !== 'string' || value === '') return { value }
  if (name === 'email' && !/^[^\s@]+@[^\s@]+$/.test(value)) {
    return { refusal: badValue(name, 'the data policy accepts email addresses only') }
  }
  return { value: settings.rewrite === 'smartCase' && names.has(name) ? smartCase(value) : value }
}
