// Collections: filtered, ordered, in pages, counted, or projected to one attribute.
// AdobeDocs campaign-standard.en filtering, sorting, counting, retrieving-profiles.
import { type HttpAnswer, jsonAnswer } from './answer.ts'
import type { Selected } from './filter.ts'
import type { Instance } from './instance.ts'
import { readOrder, sortRows } from './order.ts'
import { answerPage, type Line } from './page.ts'
import type { Call } from './route.ts'
import { showRecord } from './show-record.ts'
import type { Row } from './table.ts'
import type { Read } from './value.ts'

/** Several filters combine by AND (inferred). Answers the matching rows after an id, in order of creation. */
const selectRows = (instance: Instance, call: Call): Read<(id: number) => Iterable<Row>> => {
  const { resource, extended, query } = call
  const selected: Selected[] = []
  for (const filter of call.filters) {
    const one = filter.select({ instance, resource, extended, query })
    if ('refusal' in one) return one
    selected.push(one)
  }
  const ids = selected.find((one) => one.ids !== undefined)?.ids
  const { table } = resource
  const rows = (id: number): Iterable<Row> =>
    ids ? ids.flatMap((candidate) => (candidate > id ? (table.get(candidate) ?? []) : [])) : table.after(id)
  return {
    value: function* after(id) {
      for (const row of rows(id)) if (selected.every(({ test }) => test(row))) yield row
    },
  }
}

export const urlOf = (instance: Instance, { api, collection }: Call) =>
  [instance.root(), api, ...collection.map(encodeURIComponent)].join('/')

export const listRecords = (instance: Instance, call: Call): HttpAnswer => {
  const { resource, query, extended, attribute } = call
  const selected = selectRows(instance, call)
  if ('refusal' in selected) return selected.refusal
  const order = readOrder(instance, resource, extended, query)
  if ('refusal' in order) return order.refusal

  function* inOrder(at: number): Generator<Line<Row>> {
    if (!('value' in selected) || !('value' in order)) return
    if (!order.value) for (const row of selected.value(at)) yield { item: row, at: row.id }
    else {
      const rows = sortRows(selected.value(0), order.value)
      for (let place = at; place < rows.length; place += 1) yield { item: rows[place]!, at: place + 1 }
    }
  }
  const show = (row: Row) => {
    const shown = showRecord(instance, resource, row, extended)
    return attribute === undefined ? shown : shown[attribute]
  }
  return answerPage(instance, {
    url: urlOf(instance, call),
    query,
    after: inOrder,
    show,
    // A projection has a count in v8 only (AdobeDocs campaign.en limitations).
    hasCount: attribute === undefined || instance.settings.dialect === 'v8',
    size: resource.table.size(),
  })
}

/** Counts the whole collection, wherever `_lineStart` points. */
export const countRecords = (instance: Instance, call: Call): HttpAnswer => {
  const selected = selectRows(instance, call)
  if ('refusal' in selected) return selected.refusal
  if (call.filters.length === 0) return jsonAnswer(200, { count: call.resource.table.size() })
  let count = 0
  for (const _ of selected.value(0)) count += 1
  return jsonAnswer(200, { count })
}
