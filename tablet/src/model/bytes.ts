// Bytes and ids. An id is 16 bytes on the wire and on disk, and 32 hexadecimal letters as a key of maps
// and in the views.
import type { Bytes } from '../../core/core';

export type { Bytes };

export const noBytes: Bytes = new Uint8Array(0);
export const zeroId: Bytes = new Uint8Array(16);

const digits = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += digits[byte];
  return text;
}

// By the code of a letter of 0-9, a-f.
const nibbles = new Uint8Array(128);
for (let i = 0; i < 16; ++i) nibbles[i.toString(16).charCodeAt(0)] = i;

export function unhex(text: string): Bytes {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; ++i) {
    const high = nibbles[text.charCodeAt(2 * i)] ?? 0;
    bytes[i] = (high << 4) | (nibbles[text.charCodeAt(2 * i + 1)] ?? 0);
  }
  return bytes;
}

// A copy that is sure to have a buffer of its own.
export const copied = (bytes: Uint8Array): Bytes => Uint8Array.from(bytes);

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

// --- Facet ids: record16 | class1 | sub16. ---

export const facetId = (record: Uint8Array, facetClass: number, sub: Uint8Array = zeroId): Bytes =>
  concat(record, Uint8Array.of(facetClass), sub);
export const recordOf = (facet: Uint8Array): Bytes => copied(facet.subarray(0, 16));
export const classOf = (facet: Uint8Array): number => facet[16] ?? 0;
export const subOf = (facet: Uint8Array): Bytes => copied(facet.subarray(17, 33));

// The same of a facet's letters: they are asked for thousands of facets at a time.
export const classOfLetters = (facet: string): number => Number.parseInt(facet.slice(32, 34), 16);
export const subOfLetters = (facet: string): string => facet.slice(34);

// The key of an entry that a number names, and the sub of a version.
export function numberKey(value: number): Bytes {
  const key = new Uint8Array(16);
  new DataView(key.buffer).setUint32(12, value);
  return key;
}
export const keyNumber = (key: Uint8Array): number =>
  new DataView(key.buffer, key.byteOffset, key.length).getUint32(key.length - 4);

// A UUIDv7: 48 bits of the tablet's clock, the rest by chance.
export function newRecordId(nowMs: number, random: Bytes): Bytes {
  const id = Uint8Array.from(random.subarray(0, 16));
  new DataView(id.buffer).setUint16(0, Math.floor(nowMs / 2 ** 32) & 0xffff);
  new DataView(id.buffer).setUint32(2, nowMs % 2 ** 32);
  id[6] = ((id[6] ?? 0) & 0x0f) | 0x70;
  id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
  return id;
}
