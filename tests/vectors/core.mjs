// A second implementation of the merge core, to hold the first against: written from the layout and
// the definition of the merge, in another language, slow and plain, sharing nothing with the C++.
//
// A facet is a Map from path (hexadecimal text, which sorts like the bytes) to a cell:
// { phase }, { maxi }, or { seen: Map replica -> count, siblings: Map dot -> sibling }. Replicas are
// hexadecimal text; counts, stamps and numbers are BigInt.

import { createHash, createHmac } from 'node:crypto';

export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const unhex = (text) => Buffer.from(text, 'hex');

const PHASE = 5;
const MAXI = 4;
const kindOf = (path) => parseInt(path.slice(-2), 16);

export const facetLimits = {
  bytes: 256 * 1024, cells: 8000, value_bytes: 16 * 1024, siblings: 64, context_replicas: 4096,
};
const maxGroupBytes = 64 * 1024;

const dotKey = (replica, count) => replica + count.toString(16).padStart(16, '0');
const ascending = (keys) => [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

// --- Numbers and bytes ---

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  take(size) {
    if (BigInt(size) > BigInt(this.bytes.length - this.at)) throw new Error(`cut at ${this.at}`);
    const taken = this.bytes.subarray(this.at, this.at + Number(size));
    this.at += Number(size);
    return taken;
  }
  big(size) {
    return BigInt('0x' + hex(this.take(size)));
  }
  varint() {
    const start = this.at;
    let value = 0n;
    for (let i = 0n; ; ++i) {
      const byte = BigInt(this.take(1)[0]);
      value |= (byte & 0x7fn) << (7n * i);
      if (byte >= 0x80n) {
        if (i === 9n) throw new Error(`too many bytes at ${start}`);
        continue;
      }
      if (byte === 0n && i > 0n) throw new Error(`not minimal at ${start}`);
      if (value >= 1n << 64n) throw new Error(`above 64 bits at ${start}`);
      return value;
    }
  }
  upTo(most) {
    const value = this.varint();
    if (value > BigInt(most)) throw new Error(`over the limit before ${this.at}`);
    return Number(value);
  }
  end() {
    if (this.at !== this.bytes.length) throw new Error(`more bytes at ${this.at}`);
  }
}

const must = (right, what) => {
  if (!right) throw new Error(what);
};

function varint(value) {
  const bytes = [];
  let left = BigInt(value);
  for (; left >= 0x80n; left >>= 7n) bytes.push(Number((left & 0x7fn) | 0x80n));
  bytes.push(Number(left));
  return Buffer.from(bytes);
}

const big = (value, size) =>
  unhex(BigInt.asUintN(8 * size, BigInt(value)).toString(16).padStart(2 * size, '0'));

// --- The codec ---

function readTable(reader, size) {
  const count = reader.varint();
  must(count * BigInt(size) <= BigInt(reader.bytes.length), 'table cut');
  const ids = [];
  for (let i = 0n; i < count; ++i) ids.push(hex(reader.take(size)));
  for (let i = 1; i < ids.length; ++i) must(ids[i - 1] < ids[i], 'table not ascending');
  return { ids, used: new Set() };
}

function use(table, place) {
  must(place < BigInt(table.ids.length), 'not in the table');
  table.used.add(Number(place));
  return table.ids[Number(place)];
}

function readPath(reader, before) {
  const shared = reader.varint();
  must(shared <= BigInt(before.length / 2), 'shares more than there is');
  const length = reader.varint();
  must(length <= 21n, 'path too long');
  const path = before.slice(0, 2 * Number(shared)) + hex(reader.take(Number(length)));
  must(path.length === 6 || path.length === 42, 'path length');
  must(before < path, 'paths not ascending');
  let common = 0;
  while (common < before.length && before.slice(common, common + 2) === path.slice(common, common + 2)) {
    common += 2;
  }
  must(common === 2 * Number(shared), 'shares another length than it could');
  return path;
}

function readDot(reader, replicas) {
  const replica = use(replicas, reader.varint());
  const count = reader.varint();
  must(count > 0n, 'count of zero');
  return { replica, count };
}

function readBody(reader, replicas, authors, limits) {
  const seen = new Map();
  const seenCount = reader.upTo(limits.context_replicas);
  must(seenCount > 0, 'empty context');
  let last = '';
  for (let i = 0; i < seenCount; ++i) {
    const { replica, count } = readDot(reader, replicas);
    must(last < replica, 'context not ascending');
    last = replica;
    seen.set(replica, count);
  }
  const siblings = new Map();
  const siblingCount = reader.upTo(limits.siblings);
  last = '';
  for (let i = 0; i < siblingCount; ++i) {
    const { replica, count } = readDot(reader, replicas);
    const key = dotKey(replica, count);
    must(last < key, 'siblings not ascending');
    last = key;
    must((seen.get(replica) ?? 0n) >= count, 'sibling not covered');
    const stamp = reader.big(8);
    const author = use(authors, reader.varint());
    const value = hex(reader.take(reader.upTo(limits.value_bytes)));
    siblings.set(key, { replica, count, stamp, author, value });
  }
  return { seen, siblings };
}

function readPhase(reader) {
  const flags = reader.take(1)[0];
  must(flags <= 1, 'unknown flags');
  return { phase: { withdrawn: flags === 1, round: Number(reader.big(2)), level: reader.take(1)[0] } };
}

export function decode(bytes, limits = facetLimits) {
  must(bytes.length <= limits.bytes, 'facet too large');
  const reader = new Reader(bytes);
  must(reader.take(1)[0] === 1, 'version');
  const replicas = readTable(reader, 8);
  const authors = readTable(reader, 16);
  const facet = new Map();
  const count = reader.upTo(limits.cells);
  let path = '';
  for (let i = 0; i < count; ++i) {
    path = readPath(reader, path);
    const kind = kindOf(path);
    if (kind === PHASE) facet.set(path, readPhase(reader));
    else if (kind === MAXI) facet.set(path, { maxi: reader.varint() });
    else facet.set(path, readBody(reader, replicas, authors, limits));
  }
  reader.end();
  must(replicas.used.size === replicas.ids.length, 'unused replica');
  must(authors.used.size === authors.ids.length, 'unused author');
  return facet;
}

export function encode(facet, { stamps = true } = {}) {
  const cells = [...facet.values()].filter((cell) => cell.seen);
  const replicas = ascending(new Set(cells.flatMap((cell) => [...cell.seen.keys()])));
  const authors = ascending(
    new Set(cells.flatMap((cell) => [...cell.siblings.values()].map((sibling) => sibling.author))));
  const parts = [Buffer.from([1])];
  parts.push(varint(replicas.length), ...replicas.map(unhex));
  parts.push(varint(authors.length), ...authors.map(unhex));
  parts.push(varint(facet.size));
  let before = '';
  for (const path of ascending(facet.keys())) {
    let shared = 0;
    while (shared < before.length && before.slice(shared, shared + 2) === path.slice(shared, shared + 2)) {
      shared += 2;
    }
    parts.push(varint(shared / 2), varint((path.length - shared) / 2), unhex(path.slice(shared)));
    before = path;
    const cell = facet.get(path);
    if (cell.phase) {
      const { withdrawn, round, level } = cell.phase;
      parts.push(Buffer.from([withdrawn ? 1 : 0]), big(round, 2), big(level, 1));
    } else if (cell.maxi !== undefined) {
      parts.push(varint(cell.maxi));
    } else {
      parts.push(varint(cell.seen.size));
      for (const replica of ascending(cell.seen.keys())) {
        parts.push(varint(replicas.indexOf(replica)), varint(cell.seen.get(replica)));
      }
      parts.push(varint(cell.siblings.size));
      for (const key of ascending(cell.siblings.keys())) {
        const { replica, count, stamp, author, value } = cell.siblings.get(key);
        parts.push(varint(replicas.indexOf(replica)), varint(count), big(stamps ? stamp : 0n, 8));
        parts.push(varint(authors.indexOf(author)), varint(value.length / 2), unhex(value));
      }
    }
  }
  return Buffer.concat(parts);
}

// --- The merge ---

const larger = (a, b) => (a < b ? b : a);
const phaseOrder = ({ withdrawn, round, level }) => (withdrawn ? 2 ** 24 : 0) + round * 256 + level;

function joinSiblings(a, b, equivocal) {
  const kept = new Map();
  for (const [mine, theirs] of [[a, b], [b, a]]) {
    for (const [key, sibling] of mine.siblings) {
      const other = theirs.siblings.get(key);
      if (other) {
        const [least, most] = [sibling, other].sort((x, y) =>
          x.author + x.value < y.author + y.value ? -1 : 1);
        if (mine === a && least.author + least.value !== most.author + most.value) {
          equivocal.push({ replica: sibling.replica, count: sibling.count });
        }
        kept.set(key, { ...most, stamp: larger(sibling.stamp, other.stamp) });
      } else if (sibling.count > (theirs.seen.get(sibling.replica) ?? 0n)) {
        kept.set(key, sibling);
      }
    }
  }
  return kept;
}

function joinCells(a, b, equivocal) {
  if (a.phase) return phaseOrder(a.phase) < phaseOrder(b.phase) ? b : a;
  if (a.maxi !== undefined) return { maxi: larger(a.maxi, b.maxi) };
  const seen = new Map(a.seen);
  for (const [replica, count] of b.seen) seen.set(replica, larger(seen.get(replica) ?? 0n, count));
  return { seen, siblings: joinSiblings(a, b, equivocal) };
}

export function join(a, b) {
  const facet = new Map(a);
  const equivocal = [];
  for (const path of ascending(b.keys())) {
    const mine = a.get(path);
    facet.set(path, mine ? joinCells(mine, b.get(path), equivocal) : b.get(path));
  }
  return { facet, equivocal };
}

// --- What a screen shows and a tablet writes ---

export function shown(cell) {
  const order = ({ stamp, replica, count }) => stamp.toString(16).padStart(16, '0') + dotKey(replica, count);
  const siblings = [...(cell?.siblings?.values() ?? [])].sort((x, y) => (order(x) < order(y) ? 1 : -1));
  return [...new Set(siblings.map(({ value }) => value))];
}

// A value of null removes.
export function write(held, path, { replica, count }, author, value) {
  const seen = new Map(held.get(path)?.seen ?? []);
  seen.set(replica, count);
  const siblings = new Map();
  if (value !== null) siblings.set(dotKey(replica, count), { replica, count, stamp: 0n, author, value });
  return new Map([[path, { seen, siblings }]]);
}

// Null where two siblings would share a dot.
export function rehome(facet, moves) {
  let moved = facet;
  for (const move of moves) {
    const next = new Map();
    for (const [path, cell] of moved) {
      if (!cell.seen) {
        next.set(path, cell);
        continue;
      }
      const seen = new Map();
      const see = (replica, count) => {
        if (count > 0n) seen.set(replica, larger(seen.get(replica) ?? 0n, count));
      };
      for (const [replica, count] of cell.seen) {
        if (replica !== move.old || count <= move.acked) {
          see(replica, count);
        } else {
          see(move.old, move.acked);
          see(move.new, count - move.acked);
        }
      }
      const siblings = new Map();
      for (const sibling of cell.siblings.values()) {
        const moves = sibling.replica === move.old && sibling.count > move.acked;
        const replica = moves ? move.new : sibling.replica;
        const count = moves ? sibling.count - move.acked : sibling.count;
        if (siblings.has(dotKey(replica, count))) return null;
        siblings.set(dotKey(replica, count), { ...sibling, replica, count });
      }
      next.set(path, { seen, siblings });
    }
    moved = next;
  }
  return moved;
}

// --- Groups and digests ---

export const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const hmac16 = (key, bytes) => createHmac('sha256', key).update(bytes).digest().subarray(0, 16);

export function decodeGroup(bytes) {
  must(bytes.length <= maxGroupBytes, 'group too large');
  const reader = new Reader(bytes);
  must(reader.take(1)[0] === 1, 'version');
  const kind = reader.take(1)[0];
  must(kind >= 1 && kind <= 3, 'kind');
  const replica = hex(reader.take(8));
  const count = reader.big(8);
  must(count > 0n, 'number of zero');
  const session = hex(reader.take(16));
  const base_epoch = Number(reader.big(4));
  const base_seq = reader.big(8);
  const known = readPhase(reader).phase;
  const facet = hex(reader.take(33));
  const wall_ms = reader.big(8);
  const since = reader.big(8);
  const time = {
    wall_ms,
    since_hello_ms: since === (1n << 64n) - 1n ? null : since,
    hello_no: Number(reader.big(4)),
    offset_ms: BigInt.asIntN(64, reader.big(8)),
  };
  const body = hex(reader.take(reader.upTo(maxGroupBytes)));
  const signed = bytes.subarray(0, reader.at);
  const mac = hex(reader.take(16));
  reader.end();
  return { kind, dot: { replica, count }, session, base_epoch, base_seq, known, facet, time, body, signed, mac };
}

export function encodeGroup(group, key) {
  const { kind, dot, session, base_epoch, base_seq, known, facet, time, body } = group;
  const bytes = Buffer.concat([
    Buffer.from([1, kind]), unhex(dot.replica), big(dot.count, 8), unhex(session),
    big(base_epoch, 4), big(base_seq, 8),
    Buffer.from([known.withdrawn ? 1 : 0]), big(known.round, 2), big(known.level, 1),
    unhex(facet), big(time.wall_ms, 8), big(time.since_hello_ms ?? -1n, 8), big(time.hello_no, 4),
    big(time.offset_ms, 8), varint(body.length / 2), unhex(body),
  ]);
  return Buffer.concat([bytes, hmac16(key, bytes)]);
}

export const macIsRight = (group, key) => hex(hmac16(key, group.signed)) === group.mac;

export const chain = (before, count, groupHash) =>
  sha256(before, big(count, 8), groupHash).subarray(0, 16);

export const facetDigest = (id, facet) => sha256(id, encode(facet, { stamps: false }));
export const holdingDigest = (id, digest) => sha256(id, digest);
export const addDigests = (a, b) => big(BigInt('0x' + hex(a)) + BigInt('0x' + hex(b)), 32);
export const subtractDigests = (a, b) => big(BigInt('0x' + hex(a)) - BigInt('0x' + hex(b)), 32);
