// A group and the delta inside it, as bytes, written from the description of the layout alone.
//
//   group = 0x01 | kind1 | replica8 | n8 | session16 | base_epoch4 | base_seq8 | known4 | facet id33
//         | time28 | u(len) body | mac16
//   facet = 0x01 | u(nR) replica8* | u(nA) author16* | u(nC) cell*
//   cell  = u(shared) u(len) suffix | body
//   body  = u(nctx) { u(r) u(count) }* u(nsib) { u(r) u(count) stamp8 u(a) u(len) value }*
//         | flags1 round2 level1     of a phase

import { createHash, createHmac } from 'node:crypto';

const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

function varint(value) {
  const bytes = [];
  for (let left = BigInt(value); ; left >>= 7n) {
    if (left < 0x80n) return Buffer.from([...bytes, Number(left)]);
    bytes.push(Number(left & 0x7fn) | 0x80);
  }
}

function big(value, size) {
  const bytes = Buffer.alloc(size);
  for (let i = size - 1, left = BigInt(value); i >= 0; --i, left >>= 8n) {
    bytes[i] = Number(left & 0xffn);
  }
  return bytes;
}

export const unsigned = (value) => varint(value);
export const signed = (value) =>
  varint(BigInt(value) >= 0n ? BigInt(value) * 2n : BigInt(value) * -2n - 1n);

const REG = 1;
const ELEM = 2;
const PHASE = 5;
export const field = (number) => Buffer.concat([big(number, 2), Buffer.from([REG])]);
export const entry = (number, key) =>
  Buffer.concat([big(number, 2), key, big(0, 2), Buffer.from([ELEM])]);

// How a plan begins: field 1, round 0, level PLANNED. Written by the server.
export const PLANNED = [Buffer.from([0, 1, PHASE]), Buffer.from([0, 0, 0, 1])];

// A facet in which every value but a phase is of one dot and one author.
export function encodeFacet(values, { replica, count, stamp = 0n, author = Buffer.alloc(16) }) {
  const sorted = [...values].sort(([a], [b]) => Buffer.compare(a, b));
  const parts = [Buffer.from([1]), varint(1), big(replica, 8), varint(1), author];
  parts.push(varint(sorted.length));
  let before = Buffer.alloc(0);
  for (const [path, value] of sorted) {
    let shared = 0;
    while (shared < before.length && shared < path.length && before[shared] === path[shared]) {
      ++shared;
    }
    parts.push(varint(shared), varint(path.length - shared), path.subarray(shared));
    before = path;
    if (path.at(-1) === PHASE) {
      parts.push(value);
      continue;
    }
    parts.push(varint(1), varint(0), varint(count));
    parts.push(varint(1), varint(0), varint(count), big(stamp, 8), varint(0));
    parts.push(varint(value.length), value);
  }
  return Buffer.concat(parts);
}

export const facetId = (record, facetClass, sub = Buffer.alloc(16)) =>
  Buffer.concat([record, Buffer.from([facetClass]), sub]);

export function sealGroup({ replica, n, session, facet, helloNo, body, key }) {
  const signed_bytes = Buffer.concat([
    Buffer.from([1, 1]), big(replica, 8), big(n, 8), session, big(0, 4), big(0, 8), big(0, 4), facet,
    big(Date.now(), 8), big(0, 8), big(helloNo, 4), big(0, 8), varint(body.length), body,
  ]);
  const mac = createHmac('sha256', key).update(signed_bytes).digest().subarray(0, 16);
  return Buffer.concat([signed_bytes, mac]);
}

export const chainHash = (before, n, group) =>
  sha256(before, big(n, 8), sha256(group)).subarray(0, 16);

// What a facet digest is taken of: the encoding with every stamp 0.
export const facetDigest = (facet, content) => sha256(facet, content);
