// What can be done to profiles: written by one set of these, only looked at by another.
import type { Apply } from './apply.ts'
import type { MakeSure } from './make-sure.ts'
import type { Remove } from './remove.ts'

export type ProfileWork = { readonly apply: Apply; readonly makeSure: MakeSure; readonly remove: Remove }
