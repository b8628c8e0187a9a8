// Data policies: on POST and PATCH a field's policy may refuse or rewrite what is written
// (AdobeDocs campaign-standard.en metadata-mechanism). What exactly they refuse is inferred.
import type { Value } from './attribute.ts'
import type { Settings } from './settings.ts'
import type { Judge, Read } from './value.ts'

const names = new Set(['firstName', 'middleName', 'lastName'])

const smartCase = (text: string) =>
  text.toLowerCase().replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase())

/** `none` as metadata prints it. */
export const policyOf = ({ dataPolicies, rewrite }: Settings, name: string): 'none' | 'email' | 'smartCase' =>
  dataPolicies[name] ?? (rewrite === 'smartCase' && names.has(name) ? 'smartCase' : 'none')

export const applyDataPolicy = ({ errors, settings }: Judge, name: string, value: Value): Read<Value> => {
  if (typeof value !== 'string' || value === '') return { value }
  const policy = policyOf(settings, name)
  if (policy === 'email' && !/^[^\s@]+@[^\s@]+$/.test(value)) {
    return { refusal: errors.badValue(name, 'the data policy accepts email addresses only') }
  }
  return { value: policy === 'smartCase' ? smartCase(value) : value }
}
