// A facet's cells as the message that people read, and what in it waits for its author.
import {
  create,
  type DescField,
  type DescMessage,
  fromBinary,
  type MessageShape,
} from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import type { Cell, Core, Sibling } from '../../core/core';
import { type Bytes, equal, hex, keyNumber } from './bytes';
import { type FacetSchema, type FieldSchema, type ListSchema, pathKind, schemaOf } from './schema';
import { decodeNumbers, decodeSigned, decodeText, decodeUnsigned } from './value';

// Two or more values of one cell that differ. Each value once, the one that a screen shows first.
export interface Disputed {
  readonly path: Bytes;
  readonly field: FieldSchema;
  // Of a list's entry.
  readonly list: ListSchema | null;
  readonly key: Bytes | null;
  readonly values: readonly Sibling[];
}

export interface View<Desc extends DescMessage> {
  readonly message: MessageShape<Desc>;
  readonly disputed: readonly Disputed[];
  // When the server last took something of it, as it stamps; 0: never.
  readonly newestStamp: bigint;
}

const path3 = (path: Uint8Array) => ((path[0] ?? 0) << 8) | (path[1] ?? 0);
const subOfPath = (path: Uint8Array) => ((path[18] ?? 0) << 8) | (path[19] ?? 0);

function setValue(target: ReflectMessage, schema: FieldSchema, value: Bytes) {
  if (value.length === 0) return;
  const { field } = schema;
  switch (schema.form) {
    case 'bool':
      return target.set(field, decodeUnsigned(value) !== 0n);
    case 'unsigned':
    case 'signed': {
      const number = schema.form === 'signed' ? decodeSigned(value) : decodeUnsigned(value);
      return target.set(field, isWide(field) ? number : Number(number));
    }
    case 'text':
      return target.set(field, decodeText(value));
    case 'bytes':
      return target.set(field, value);
    case 'whole':
      if (field.message !== undefined) {
        target.set(field, reflect(field.message, fromBinary(field.message, value)));
      }
      return;
    case 'numbers': {
      if (field.message === undefined) return;
      const numbers = decodeNumbers(value);
      const inner = reflect(field.message);
      field.message.fields.forEach((part, i) => {
        inner.set(part, Number(numbers[i] ?? 0n));
      });
      target.set(field, inner);
    }
  }
}

// 64-bit scalars are bigint.
function isWide(field: DescField): boolean {
  return field.fieldKind === 'scalar' && [3, 4, 6, 16, 18].includes(field.scalar);
}

// Different values of a cell, as a screen shows them.
export function valuesOf(siblings: readonly Sibling[]): Sibling[] {
  const values: Sibling[] = [];
  for (const sibling of siblings) {
    if (!values.some((known) => equal(known.value, sibling.value))) values.push(sibling);
  }
  return values;
}

interface Entry {
  readonly key: Bytes;
  readonly message: ReflectMessage;
  present: boolean;
  place: string;
}

class Reading {
  readonly #schema: FacetSchema;
  readonly #message: ReflectMessage;
  readonly #entries = new Map<number, Map<string, Entry>>();
  readonly disputed: Disputed[] = [];
  newestStamp = 0n;

  constructor(schema: FacetSchema, message: ReflectMessage) {
    this.#schema = schema;
    this.#message = message;
  }

  take(cell: Cell) {
    const { path } = cell;
    for (const { stamp } of cell.siblings) if (stamp > this.newestStamp) this.newestStamp = stamp;
    const kind = path[path.length - 1];
    if (path.length === 3) {
      const field = this.#schema.fields.get(path3(path));
      if (field === undefined || field.kind !== kind) return;
      if (cell.phase !== null && field.field.message !== undefined) {
        const phase = reflect(field.field.message);
        for (const part of field.field.message.fields) {
          if (part.number === 1) phase.set(part, cell.phase.withdrawn);
          else phase.set(part, part.number === 2 ? cell.phase.round : cell.phase.level);
        }
        this.#message.set(field.field, phase);
        return;
      }
      this.#value(this.#message, field, cell, null, null);
      return;
    }
    const list = this.#schema.lists.get(path3(path));
    if (list === undefined) return;
    const key = path.slice(2, 18);
    const entry = this.#entry(list, key);
    const sub = subOfPath(path);
    if (sub === 0) {
      if (kind === pathKind.elem) entry.present = cell.siblings.length > 0;
      const shown = cell.siblings[0];
      if (kind === pathKind.pos && list.place !== null && shown !== undefined) {
        entry.place = hex(shown.value);
        entry.message.set(list.place, shown.value);
      }
      return;
    }
    const part = list.parts.get(sub);
    if (part !== undefined && part.kind === kind) this.#value(entry.message, part, cell, list, key);
  }

  // Entries that are present, in the order in which they are shown.
  finish() {
    for (const [number, entries] of this.#entries) {
      const list = this.#schema.lists.get(number);
      if (list === undefined) continue;
      const order =
        list.orderBy === 0 ? undefined : list.entry.fields.find((f) => f.number === list.orderBy);
      const rank = (entry: Entry) => {
        if (list.place !== null) return entry.place;
        if (order === undefined || !entry.message.isSet(order)) return '~';
        const value = Number(entry.message.get(order));
        return (value + 2 ** 40).toString(16).padStart(12, '0');
      };
      const shown = [...entries.values()]
        .filter((entry) => entry.present)
        .map((entry) => ({ entry, rank: rank(entry), key: hex(entry.key) }))
        .sort((a, b) => (a.rank + a.key < b.rank + b.key ? -1 : 1));
      if (list.field.fieldKind !== 'list') continue;
      const target = this.#message.get(list.field);
      for (const { entry } of shown) target.add(entry.message);
    }
    const gone = (d: Disputed) =>
      d.list !== null &&
      d.key !== null &&
      this.#entries.get(d.list.number)?.get(hex(d.key))?.present !== true;
    return this.disputed.filter((d) => !gone(d));
  }

  #entry(list: ListSchema, key: Bytes): Entry {
    let entries = this.#entries.get(list.number);
    if (entries === undefined) {
      entries = new Map();
      this.#entries.set(list.number, entries);
    }
    let entry = entries.get(hex(key));
    if (entry === undefined) {
      const message = reflect(list.entry);
      message.set(list.key, list.keyIsNumber ? keyNumber(key) : key);
      entry = { key, message, present: false, place: '' };
      entries.set(hex(key), entry);
    }
    return entry;
  }

  #value(
    target: ReflectMessage,
    field: FieldSchema,
    cell: Cell,
    list: ListSchema | null,
    key: Bytes | null,
  ) {
    const values = valuesOf(cell.siblings);
    const shown = values[0];
    if (shown === undefined) return;
    setValue(target, field, shown.value);
    if (values.length > 1) this.disputed.push({ path: cell.path, field, list, key, values });
  }
}

// Entries of `disputed` are those of every kind; field.ask says which are questions.
export function readView<Desc extends DescMessage>(
  core: Core,
  message: Desc,
  facet: Uint8Array,
): View<Desc> {
  const shape = create(message);
  const reading = new Reading(schemaOf(message), reflect(message, shape));
  for (const cell of core.readCells(facet)) reading.take(cell);
  const disputed = reading.finish();
  return { disputed, message: shape, newestStamp: reading.newestStamp };
}
