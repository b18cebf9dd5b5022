// The merge core: the server's own code, as WebAssembly (abi.cc lists the calls).
//
// Facets, deltas and groups are bytes here, as they are stored and sent; only readCells() looks
// inside. A call answers at once, keeps nothing, and throws Refused where bytes cannot be read.

export type Bytes = Uint8Array<ArrayBuffer>;

export interface Dot {
  readonly replica: bigint;
  readonly n: bigint;
}

// A replica that goes on under another name; see sync/core/rehome.h.
export interface Move {
  readonly oldReplica: bigint;
  readonly acked: bigint;
  readonly newReplica: bigint;
}

export interface Sibling {
  readonly dot: Dot;
  // When the server first committed it, milliseconds; 0: not yet.
  readonly stamp: bigint;
  // 16 bytes.
  readonly author: Bytes;
  // Empty: cleared.
  readonly value: Bytes;
}

export interface Phase {
  readonly withdrawn: boolean;
  readonly round: number;
  readonly level: number;
}

export interface Cell {
  // 3 or 21 bytes; the last is the kind.
  readonly path: Bytes;
  // The one that a screen shows first comes first; empty for phases and numbers.
  readonly siblings: readonly Sibling[];
  readonly phase: Phase | null;
}

// Null removes what is held at the path.
export interface Change {
  readonly path: Bytes;
  readonly value: Bytes | null;
}

export interface GroupHeader {
  // 1 a delta, 2 an intent.
  readonly kind: 1 | 2;
  readonly replica: bigint;
  readonly n: bigint;
  readonly session: Bytes;
  readonly baseEpoch: number;
  readonly baseSeq: bigint;
  readonly known: Phase;
  readonly facet: Bytes;
  readonly wallMs: bigint;
  // All ones: the clock was restarted.
  readonly sinceHelloMs: bigint;
  readonly helloNo: number;
  readonly offsetMs: bigint;
}

export interface OpenedGroup {
  readonly kind: number;
  readonly dot: Dot;
  readonly wallMs: bigint;
  readonly facet: Bytes;
  readonly body: Bytes;
}

// What decides who may read a visit; as VisitFacts of sync/core/audience.h. Ids are 16 bytes, zeros
// for none.
export interface AudienceFacts {
  readonly hasPlan: boolean;
  readonly kind: number;
  readonly phase: Phase;
  readonly revealed: boolean;
  readonly announced: boolean;
  readonly lead: Bytes;
  readonly teacher: Bytes;
  readonly department: Bytes;
  readonly school: Bytes;
  readonly review: Bytes;
  // 0 the department's head and senior leaders, 1 senior leaders, 2 the heads.
  readonly leadRule: 0 | 1 | 2;
  readonly observers: readonly Bytes[];
  readonly heads: readonly Bytes[];
  readonly readers: readonly Bytes[];
  // Kind CALIB: the teacher asked to read what is shared.
  readonly feedbackAsked?: boolean;
  // 0 a visit, 1 a referral or support plan (`lead` opened it; `phase` is its body's), 2 of a
  // department or school (a cycle's review, a cell of the management matrix).
  readonly sort?: 0 | 1 | 2;
  // Of a referral: the teacher has agreed, and not taken it back; who helps.
  readonly agreed?: boolean;
  readonly helper?: Bytes;
}

export interface Scope {
  // 1 staff, 2 person, 3 department, 4 school, 5 review.
  readonly type: number;
  readonly id: Bytes;
}

// Bytes that the core does not accept. The message says where and why, and holds none of them.
export class Refused extends Error {}

export const noFacet: Bytes = Uint8Array.of(1, 0, 0, 0);
export const clockRestarted = 0xffffffffffffffffn;

type Argument = Uint8Array | bigint;

const number = (value: number | boolean | bigint) => BigInt.asUintN(64, BigInt(value));
const joined = (ids: readonly Uint8Array[]) => {
  const bytes = new Uint8Array(16 * ids.length);
  ids.forEach((id, i) => {
    bytes.set(id, 16 * i);
  });
  return bytes;
};

class Reader {
  readonly bytes: Bytes;
  readonly #view: DataView;
  #at = 0;
  constructor(bytes: Bytes) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  u8() {
    return this.#view.getUint8(this.#at++);
  }
  u16() {
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2, true);
  }
  u32() {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }
  u64() {
    this.#at += 8;
    return this.#view.getBigUint64(this.#at - 8, true);
  }
  // A part of the answer, which is a copy already.
  take(size: number) {
    this.#at += size;
    return this.bytes.subarray(this.#at - size, this.#at);
  }
  sized() {
    return this.take(this.u32());
  }
  get left() {
    return this.bytes.length - this.#at;
  }
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly _initialize: () => void;
  readonly input: (size: number) => number;
  readonly result: () => number;
  readonly result_size: () => number;
}

// Safe for one thread; a worker loads its own.
export class Core {
  readonly #exports: Exports;
  readonly #calls: Record<string, unknown>;

  private constructor(instance: WebAssembly.Instance) {
    this.#exports = instance.exports as unknown as Exports;
    this.#calls = instance.exports;
    this.#exports._initialize();
  }

  // Throws if the module is not the one that the app was built with.
  static async load(module: Bytes, sha256: string): Promise<Core> {
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', module));
    const found = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    if (found !== sha256)
      throw new Refused('the merge core is not the one this app was built with');
    const { instance } = await WebAssembly.instantiate(module, {});
    return new Core(instance);
  }

  join(a: Uint8Array, b: Uint8Array): Bytes {
    return this.#call('join', a, b);
  }

  // The delta of a gesture over what is held. Authors are filled in by own().
  write(held: Uint8Array, dot: Dot, changes: readonly Change[]): Bytes {
    const parts: Argument[] = [held, dot.replica, dot.n, number(changes.length)];
    for (const { path, value } of changes) {
      if (value === null) parts.push(path, 0n);
      else parts.push(path, 1n, value);
    }
    return this.#call('write', ...parts);
  }

  squash(open: Uint8Array, gesture: Uint8Array, dot: Dot): Bytes {
    return this.#call('squash', open, gesture, dot.replica, dot.n);
  }

  renumber(delta: Uint8Array, moves: readonly Move[], from: Dot, to: Dot): Bytes {
    return this.#call(
      'renumber',
      delta,
      ...this.#moves(moves),
      from.replica,
      from.n,
      to.replica,
      to.n,
    );
  }

  // A delta as its author's own tablet shows it. `dot` is the one in its bytes.
  own(delta: Uint8Array, moves: readonly Move[], dot: Dot, author: Uint8Array): Bytes {
    return this.#call('own', delta, ...this.#moves(moves), dot.replica, dot.n, author);
  }

  readCells(facet: Uint8Array): Cell[] {
    const reader = new Reader(this.#call('cells', facet));
    const cells: Cell[] = [];
    for (let left = reader.u32(); left > 0; --left) {
      const path = reader.sized();
      const kind = path[path.length - 1];
      if (kind === 5) {
        const phase = { withdrawn: reader.u8() === 1, round: reader.u16(), level: reader.u8() };
        cells.push({ path, siblings: [], phase });
      } else if (kind === 4) {
        reader.u64();
        cells.push({ path, siblings: [], phase: null });
      } else {
        const siblings: Sibling[] = [];
        for (let more = reader.u32(); more > 0; --more) {
          const dot = { replica: reader.u64(), n: reader.u64() };
          siblings.push({
            dot,
            stamp: reader.u64(),
            author: reader.take(16),
            value: reader.sized(),
          });
        }
        cells.push({ path, siblings, phase: null });
      }
    }
    return cells;
  }

  // Of the content, and of holding it; 32 bytes each.
  digests(
    facetId: Uint8Array,
    facet: Uint8Array,
  ): { readonly facet: Bytes; readonly holding: Bytes } {
    const both = this.#call('digests', facetId, facet);
    return { facet: both.slice(0, 32), holding: both.slice(32) };
  }

  // Of the content of one field of the facet: what is agreed to; 32 bytes.
  fieldDigest(facet: Uint8Array, field: number): Bytes {
    return this.#call('field_digest', facet, number(field));
  }

  addDigests(a: Uint8Array, b: Uint8Array): Bytes {
    return this.#call('add', a, b);
  }

  // Everything that the group's code is over; the code itself (HMAC-SHA256, 16 bytes) follows it.
  group(header: GroupHeader, body: Uint8Array): Bytes {
    return this.#call(
      'group',
      number(header.kind),
      header.replica,
      header.n,
      header.session,
      number(header.baseEpoch),
      header.baseSeq,
      number(header.known.withdrawn),
      number(header.known.round),
      number(header.known.level),
      header.facet,
      header.wallMs,
      header.sinceHelloMs,
      number(header.helloNo),
      number(header.offsetMs),
      body,
    );
  }

  openGroup(group: Uint8Array): OpenedGroup {
    const reader = new Reader(this.#call('open_group', group));
    const kind = Number(reader.u64());
    const dot = { replica: reader.u64(), n: reader.u64() };
    return { kind, dot, wallMs: reader.u64(), facet: reader.take(33), body: reader.sized() };
  }

  // 16 bytes; `before` is empty before the first group.
  chain(before: Uint8Array, n: bigint, group: Uint8Array): Bytes {
    return this.#call('chain', before, n, group);
  }

  audience(facet: Uint8Array, author: Uint8Array, facts: AudienceFacts): Scope[] {
    const reader = new Reader(
      this.#call(
        'audience',
        facet,
        author,
        number(facts.hasPlan),
        number(facts.kind),
        number(facts.phase.withdrawn),
        number(facts.phase.round),
        number(facts.phase.level),
        number(facts.revealed),
        number(facts.announced),
        facts.lead,
        facts.teacher,
        facts.department,
        facts.school,
        facts.review,
        number(facts.leadRule),
        joined(facts.observers),
        joined(facts.heads),
        joined(facts.readers),
        number(facts.feedbackAsked ?? false),
        number(facts.sort ?? 0),
        number(facts.agreed ?? false),
        facts.helper ?? new Uint8Array(16),
      ),
    );
    const scopes: Scope[] = [];
    while (reader.left > 0) scopes.push({ type: reader.u8(), id: reader.take(16) });
    return scopes;
  }

  #moves(moves: readonly Move[]): bigint[] {
    return [number(moves.length), ...moves.flatMap((m) => [m.oldReplica, m.acked, m.newReplica])];
  }

  #call(name: string, ...parts: Argument[]): Bytes {
    let size = 0;
    for (const part of parts) size += typeof part === 'bigint' ? 8 : 4 + part.length;
    const start = this.#exports.input(size);
    const memory = this.#exports.memory.buffer;
    const view = new DataView(memory);
    let at = start;
    for (const part of parts) {
      if (typeof part === 'bigint') {
        view.setBigUint64(at, part, true);
        at += 8;
      } else {
        view.setUint32(at, part.length, true);
        new Uint8Array(memory).set(part, at + 4);
        at += 4 + part.length;
      }
    }
    const call = this.#calls[name];
    if (typeof call !== 'function') throw new Refused(`the merge core has no ${name}`);
    const accepted = call() === 1;
    const { result, result_size, memory: now } = this.#exports;
    // A copy: the core's memory moves and is written again by the next call.
    const answer = new Uint8Array(now.buffer, result(), result_size()).slice();
    if (!accepted) throw new Refused(new TextDecoder().decode(answer));
    return answer;
  }
}
