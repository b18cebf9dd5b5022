// The value of a cell, by its form: the numbers and texts of sync/value.h.
import { type Bytes, noBytes, textOf, utf8 } from './bytes';

export function encodeUnsigned(value: number | bigint): Bytes {
  const bytes: number[] = [];
  let left = BigInt(value);
  for (; left >= 0x80n; left >>= 7n) bytes.push(Number((left & 0x7fn) | 0x80n));
  bytes.push(Number(left));
  return Uint8Array.from(bytes);
}

export const encodeSigned = (value: number | bigint): Bytes => {
  const wide = BigInt(value);
  return encodeUnsigned(wide < 0n ? -2n * wide - 1n : 2n * wide);
};

// The numbers that lie one after another in the value.
export function decodeNumbers(value: Uint8Array): bigint[] {
  const numbers: bigint[] = [];
  let number = 0n;
  let shift = 0n;
  for (const byte of value) {
    number |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte < 0x80) {
      numbers.push(number);
      number = 0n;
      shift = 0n;
    }
  }
  return numbers;
}

export const decodeUnsigned = (value: Uint8Array): bigint => decodeNumbers(value)[0] ?? 0n;

export function decodeSigned(value: Uint8Array): bigint {
  const number = decodeUnsigned(value);
  return number & 1n ? -((number + 1n) >> 1n) : number >> 1n;
}

// NFC here, where people type, and never in a merge. An empty text is a cleared cell.
export const encodeText = (text: string): Bytes =>
  text === '' ? noBytes : utf8(text.normalize('NFC'));
export const decodeText = textOf;

export const byteLength = (text: string): number => utf8(text.normalize('NFC')).length;
