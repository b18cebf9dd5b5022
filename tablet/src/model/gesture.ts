// What a person does to one facet, as changes of cells.
//
// Fields are named as the generated messages name them; their paths and forms come from the protos.
import type { DescMessage } from '@bufbuild/protobuf';
import type { Change } from '../../core/core';
import { type Bytes, concat, hex, noBytes, numberKey } from './bytes';
import { type FacetSchema, type FieldSchema, type ListSchema, pathKind, schemaOf } from './schema';
import { encodeSigned, encodeText, encodeUnsigned } from './value';

// Null clears the cell; numbers of a NUMBERS form come as a list.
export type Value = string | number | bigint | boolean | Uint8Array | readonly number[] | null;

const big16 = (value: number) => Uint8Array.of(value >> 8, value & 0xff);

export const fieldPath = (field: number, kind: number): Bytes =>
  concat(big16(field), Uint8Array.of(kind));
export const entryPath = (field: number, key: Uint8Array, sub: number, kind: number): Bytes =>
  concat(big16(field), key, big16(sub), Uint8Array.of(kind));

export function encodeValue(field: FieldSchema, value: Value): Bytes {
  if (value === null) return noBytes;
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'boolean') return encodeUnsigned(value ? 1 : 0);
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (typeof value === 'object') return concat(...value.map(encodeUnsigned));
  return field.form === 'signed' ? encodeSigned(value) : encodeUnsigned(value);
}

function named<T extends { readonly field: { readonly localName: string } }>(
  of: ReadonlyMap<number, T>,
  name: string,
  where: string,
): T {
  for (const schema of of.values()) if (schema.field.localName === name) return schema;
  throw new Error(`${where} has no field ${name}`);
}

export class Changes {
  readonly #schema: FacetSchema;
  readonly #changes = new Map<string, Change>();

  constructor(message: DescMessage) {
    this.#schema = schemaOf(message);
  }

  get facetClass(): number {
    return this.#schema.facetClass;
  }

  set(name: string, value: Value): this {
    const field = named(this.#schema.fields, name, this.#schema.message.name);
    return this.#put(fieldPath(field.number, field.kind), encodeValue(field, value));
  }

  // Adds the entry where it is not there, and changes the named parts. An edit of a part writes the
  // entry's presence too, so that it outlives a removal that had not seen it.
  entry(
    listName: string,
    key: Uint8Array | number,
    parts: Readonly<Record<string, Value>> = {},
  ): this {
    const list = this.#list(listName);
    const bytes = typeof key === 'number' ? numberKey(key) : key;
    for (const [name, value] of Object.entries(parts)) {
      if (name === list.place?.localName && value instanceof Uint8Array) {
        this.#put(entryPath(list.number, bytes, 0, pathKind.pos), Uint8Array.from(value));
        continue;
      }
      const part = named(list.parts, name, list.entry.name);
      this.#put(entryPath(list.number, bytes, part.number, part.kind), encodeValue(part, value));
    }
    return this.#put(entryPath(list.number, bytes, 0, pathKind.elem), noBytes);
  }

  remove(listName: string, key: Uint8Array | number): this {
    const bytes = typeof key === 'number' ? numberKey(key) : key;
    const path = entryPath(this.#list(listName).number, bytes, 0, pathKind.elem);
    this.#changes.set(hex(path), { path, value: null });
    return this;
  }

  // In the order of paths.
  list(): Change[] {
    return [...this.#changes.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, change]) => change);
  }

  #list(name: string): ListSchema {
    return named(this.#schema.lists, name, this.#schema.message.name);
  }

  #put(path: Bytes, value: Bytes): this {
    this.#changes.set(hex(path), { path, value });
    return this;
  }
}

// The place of an entry that comes after `last` in a list whose order people choose: bytes compared as
// they stand, always with room behind.
export function placeAfter(last: Uint8Array | null): Bytes {
  const count =
    last === null || last.length < 4 ? 0 : new DataView(last.buffer, last.byteOffset).getUint32(0);
  const place = new Uint8Array(4);
  new DataView(place.buffer).setUint32(0, count + 1024);
  return place;
}
