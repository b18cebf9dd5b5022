// A second merge core, to hold both builds of the first against: facets as the layout says, and the join as
// its definition says, plain and slow. Nothing here was taken from sync/core.

type Text = string;

interface Sibling {
  readonly stamp: bigint;
  // Letters of 16 bytes.
  readonly author: Text;
  readonly value: Uint8Array;
}

type Cell =
  // Flags, round and level, as the four bytes compare.
  | { readonly kind: 'phase'; readonly bytes: Text }
  | { readonly kind: 'maxi'; readonly value: bigint }
  // `seen`: by replica (letters), the highest count. `siblings`: by replica, then by count.
  | {
      readonly kind: 'dotted';
      readonly seen: ReadonlyMap<Text, bigint>;
      readonly siblings: ReadonlyMap<Text, Sibling>;
    };

// By the letters of the path, which order as its bytes do.
export type Facet = ReadonlyMap<Text, Cell>;

const letters = (bytes: Uint8Array): Text => Buffer.from(bytes).toString('hex');
const bytesOf = (text: Text): Uint8Array => Buffer.from(text, 'hex');
const ascending = (all: Iterable<Text>): Text[] => [...all].sort();
// A dot as a key: replica and count, in the order of dots.
const dotOf = (replica: Text, count: bigint): Text =>
  replica + count.toString(16).padStart(16, '0');
const replicaOf = (dot: Text): Text => dot.slice(0, 16);
const countOf = (dot: Text): bigint => BigInt(`0x${dot.slice(16)}`);

// --- Reading. ---

export function decode(bytes: Uint8Array): Facet {
  let at = 0;
  const take = (size: number): Uint8Array => {
    if (at + size > bytes.length) throw new Error(`cut at ${at}`);
    at += size;
    return bytes.subarray(at - size, at);
  };
  const number = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = take(1)[0] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const size = (): number => Number(number());
  const table = (entry: number): Text[] => {
    const entries: Text[] = [];
    for (let left = size(); left > 0; --left) entries.push(letters(take(entry)));
    return entries;
  };
  const entryOf = (entries: readonly Text[], index: number): Text => {
    const entry = entries[index];
    if (entry === undefined) throw new Error(`no entry ${index} before ${at}`);
    return entry;
  };

  if (take(1)[0] !== 1) throw new Error('not a facet of version 1');
  const replicas = table(8);
  const authors = table(16);
  const cells = new Map<Text, Cell>();
  let before = '';
  for (let left = size(); left > 0; --left) {
    const path = before.slice(0, 2 * size()) + letters(take(size()));
    before = path;
    const kind = Number.parseInt(path.slice(-2), 16);
    if (kind === 5) {
      cells.set(path, { kind: 'phase', bytes: letters(take(4)) });
    } else if (kind === 4) {
      cells.set(path, { kind: 'maxi', value: number() });
    } else {
      const seen = new Map<Text, bigint>();
      for (let more = size(); more > 0; --more) seen.set(entryOf(replicas, size()), number());
      const siblings = new Map<Text, Sibling>();
      for (let more = size(); more > 0; --more) {
        const dot = dotOf(entryOf(replicas, size()), number());
        const stamp = BigInt(`0x${letters(take(8))}`);
        const author = entryOf(authors, size());
        siblings.set(dot, { stamp, author, value: take(size()) });
      }
      cells.set(path, { kind: 'dotted', seen, siblings });
    }
  }
  if (at !== bytes.length) throw new Error(`more bytes at ${at}`);
  return cells;
}

// --- Writing. ---

export function encode(facet: Facet): Uint8Array {
  const dotted = [...facet.values()].filter((cell) => cell.kind === 'dotted');
  const replicas = ascending(new Set(dotted.flatMap((cell) => [...cell.seen.keys()])));
  const authors = ascending(
    new Set(dotted.flatMap((cell) => [...cell.siblings.values()].map((one) => one.author))),
  );
  const out: Uint8Array[] = [Uint8Array.of(1)];
  const number = (value: bigint | number) => {
    const parts: number[] = [];
    let rest = BigInt(value);
    for (; rest >= 0x80n; rest >>= 7n) parts.push(Number(rest & 0x7fn) | 0x80);
    parts.push(Number(rest));
    out.push(Uint8Array.from(parts));
  };
  for (const table of [replicas, authors]) {
    number(table.length);
    for (const entry of table) out.push(bytesOf(entry));
  }
  number(facet.size);
  let before = '';
  for (const path of ascending(facet.keys())) {
    let shared = 0;
    while (shared < path.length && path.slice(0, shared + 2) === before.slice(0, shared + 2)) {
      shared += 2;
    }
    number(shared / 2);
    number((path.length - shared) / 2);
    out.push(bytesOf(path.slice(shared)));
    before = path;
    const cell = facet.get(path);
    if (cell?.kind === 'phase') out.push(bytesOf(cell.bytes));
    if (cell?.kind === 'maxi') number(cell.value);
    if (cell?.kind !== 'dotted') continue;
    number(cell.seen.size);
    for (const replica of ascending(cell.seen.keys())) {
      number(replicas.indexOf(replica));
      number(cell.seen.get(replica) ?? 0n);
    }
    number(cell.siblings.size);
    for (const dot of ascending(cell.siblings.keys())) {
      const { stamp, author, value } = cell.siblings.get(dot) ?? missing();
      number(replicas.indexOf(replicaOf(dot)));
      number(countOf(dot));
      out.push(bytesOf(stamp.toString(16).padStart(16, '0')));
      number(authors.indexOf(author));
      number(value.length);
      out.push(value);
    }
  }
  return Buffer.concat(out);
}

function missing(): never {
  throw new Error('a key of a map is not in it');
}

// --- Joining. ---

export function join(a: Facet, b: Facet): Facet {
  const joined = new Map<Text, Cell>(a);
  for (const [path, cell] of b) {
    const mine = joined.get(path);
    joined.set(path, mine === undefined ? cell : joinCells(mine, cell));
  }
  return joined;
}

function joinCells(a: Cell, b: Cell): Cell {
  if (a.kind === 'phase' && b.kind === 'phase') return a.bytes > b.bytes ? a : b;
  if (a.kind === 'maxi' && b.kind === 'maxi') return a.value > b.value ? a : b;
  if (a.kind !== 'dotted' || b.kind !== 'dotted') throw new Error('one path, two kinds of cell');
  const seen = new Map(a.seen);
  for (const [replica, count] of b.seen) {
    if (count > (seen.get(replica) ?? 0n)) seen.set(replica, count);
  }
  const siblings = new Map<Text, Sibling>();
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const [dot, sibling] of one.siblings) {
      const there = other.siblings.get(dot);
      // The other copy had heard of it and holds it no more: it was replaced there.
      const wasReplaced = countOf(dot) <= (other.seen.get(replicaOf(dot)) ?? 0n);
      if (there !== undefined) siblings.set(dot, joinSiblings(sibling, there));
      else if (!wasReplaced) siblings.set(dot, sibling);
    }
  }
  return { kind: 'dotted', seen, siblings };
}

// One write has one content; where two claim to be it, the larger stands on every copy.
function joinSiblings(a: Sibling, b: Sibling): Sibling {
  const content = (one: Sibling) => one.author + letters(one.value);
  const larger = content(a) >= content(b) ? a : b;
  const newer = a.stamp > b.stamp ? a : b;
  return { ...larger, stamp: newer.stamp };
}
