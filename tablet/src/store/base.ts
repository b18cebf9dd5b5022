// What the server handed out to one person, record by record, and the sums that prove it.
//
// The rules are those of the simulated tablets (tools/replay/base.h). A record is one row on disk, so
// that a year of a school opens quickly.
import { clone, create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type TabletBaseRow,
  TabletBaseRowSchema,
  type TabletFacetRow,
  TabletFacetRowSchema,
} from '#disk/tablet_pb';
import type { Item, PullEnd, PullReply, ScopeId } from '#proto/sync_pb';
import type { Core } from '../../core/core';
import { type Bytes, concat, hex, unhex } from '../model/bytes';

// By the facet's 66 hexadecimal letters.
export type Facets = ReadonlyMap<string, TabletFacetRow>;

export interface StagedBase {
  readonly row: TabletBaseRow;
  // By the record's letters; null: it leaves.
  readonly records: Map<string, Map<string, TabletFacetRow> | null>;
}

// What is held under one (scope, period).
export interface Holding {
  readonly scope: Bytes;
  readonly period: number;
  count: bigint;
  digest: Bytes;
}

const scopeBytesLong = 17;

export const scopeBytes = (scope: ScopeId | undefined): Bytes => {
  const id = scope?.id ?? new Uint8Array(0);
  return concat(Uint8Array.of(scope?.type ?? 0), id.length === 16 ? id : new Uint8Array(16));
};

function scopesOf(heldBy: Uint8Array): string[] {
  const scopes: string[] = [];
  for (let at = 0; at + 17 <= heldBy.length; at += 17)
    scopes.push(hex(heldBy.subarray(at, at + 17)));
  return scopes;
}

function isHeldBy(heldBy: Uint8Array, scope: Uint8Array): boolean {
  for (let at = 0; at + scopeBytesLong <= heldBy.length; at += scopeBytesLong) {
    if (scope.every((byte, i) => heldBy[at + i] === byte)) return true;
  }
  return false;
}

const joined = (scopes: readonly string[]): Bytes =>
  concat(...[...new Set(scopes)].sort().map(unhex));

// --- A record as one row: facet33 | u32 length | TabletFacetRow, one after the other. ---

function packRecord(facets: Facets): Bytes {
  const parts: Uint8Array[] = [];
  for (const [id, row] of facets) {
    const bytes = toBinary(TabletFacetRowSchema, row);
    const size = new Uint8Array(4);
    new DataView(size.buffer).setUint32(0, bytes.length);
    parts.push(unhex(id), size, bytes);
  }
  return concat(...parts);
}

function unpackRecord(bytes: Bytes): Map<string, TabletFacetRow> {
  const facets = new Map<string, TabletFacetRow>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; ) {
    const id = hex(bytes.subarray(at, at + 33));
    const size = view.getUint32(at + 33);
    facets.set(id, fromBinary(TabletFacetRowSchema, bytes.subarray(at + 37, at + 37 + size)));
    at += 37 + size;
  }
  return facets;
}

const none: Facets = new Map();

// What holding a facet adds to the sums; a row is replaced when its content changes, never altered.
const holdings = new WeakMap<TabletFacetRow, Bytes>();

export class Base {
  readonly #core: Core;
  #row: TabletBaseRow = create(TabletBaseRowSchema);
  #records = new Map<string, Map<string, TabletFacetRow>>();

  constructor(core: Core) {
    this.#core = core;
  }

  load(rows: ReadonlyMap<string, Bytes>) {
    for (const [name, bytes] of rows) {
      if (name === 'base') this.#row = fromBinary(TabletBaseRowSchema, bytes);
      else if (name.startsWith('r/')) this.#records.set(name.slice(2), unpackRecord(bytes));
    }
  }

  static rows({ row, records }: StagedBase): Map<string, Bytes | null> {
    const rows = new Map<string, Bytes | null>([['base', toBinary(TabletBaseRowSchema, row)]]);
    for (const [record, facets] of records) {
      rows.set(`r/${record}`, facets === null || facets.size === 0 ? null : packRecord(facets));
    }
    return rows;
  }

  get row(): TabletBaseRow {
    return this.#row;
  }
  get records(): ReadonlyMap<string, Facets> {
    return this.#records;
  }
  facet(id: string): TabletFacetRow | undefined {
    return this.#records.get(id.slice(0, 32))?.get(id);
  }

  stage(): StagedBase {
    return { row: clone(TabletBaseRowSchema, this.#row), records: new Map() };
  }

  committed({ row, records }: StagedBase) {
    this.#row = row;
    for (const [record, facets] of records) {
      if (facets === null || facets.size === 0) this.#records.delete(record);
      else this.#records.set(record, facets);
    }
  }

  // One chunk of a pull, the drops before the items that say what is held after them.
  stageChunk(staged: StagedBase, chunk: PullReply, epoch: number) {
    const { row } = staged;
    if (row.cursor.length === 0) {
      row.anew = true;
      row.beginnings += 1n;
    }
    row.cursor = chunk.cursor;
    this.#stageDrops(staged, chunk.scopeDrops);
    for (const item of chunk.items) this.stageItem(staged, item);
    if (chunk.end === undefined) return;
    this.#stageEnd(staged, chunk.end);
    row.anew = false;
    row.epoch = epoch;
    row.seq = chunk.end.seq;
  }

  // The item lists all that may be held of its record: what it does not list goes.
  stageItem(staged: StagedBase, item: Item) {
    const record = hex(item.record);
    const before = this.#stagedFacets(staged, record);
    const facets = new Map<string, TabletFacetRow>();
    for (const held of item.held) {
      const id = hex(held.facet);
      const kept = before.get(id);
      if (id.slice(0, 32) !== record) continue;
      if (held.state.length === 0 && kept === undefined) continue; // The sums will differ, and heal it.
      const fresh = held.state.length > 0;
      const digest = fresh ? this.#core.digests(held.facet, held.state).facet : kept?.digest;
      facets.set(
        id,
        create(TabletFacetRowSchema, {
          seq: held.seq,
          epoch: held.epoch,
          heldBy: joined(held.heldBy.map((scope) => hex(scopeBytes(scope)))),
          digest: digest ?? new Uint8Array(0),
          facet: fresh ? held.state : (kept?.facet ?? new Uint8Array(0)),
          receipt: held.receipt,
          period: item.period,
          beginning: staged.row.beginnings,
        }),
      );
    }
    staged.records.set(record, facets.size === 0 ? null : facets);
  }

  // Records of which that scope (17 bytes) holds anything.
  recordsHeldBy(scope: Bytes): Set<string> {
    const found = new Set<string>();
    for (const [record, facets] of this.#records) {
      for (const row of facets.values()) {
        if (!isHeldBy(row.heldBy, scope)) continue;
        found.add(record);
        break;
      }
    }
    return found;
  }

  // What the tablet holds, summed by scope and period.
  sums(): Map<string, Holding> {
    const sums = new Map<string, Holding>();
    for (const facets of this.#records.values()) {
      for (const [id, row] of facets) {
        const holding = this.#holding(id, row);
        for (const scope of scopesOf(row.heldBy)) {
          const where = `${scope}/${row.period}`;
          let sum = sums.get(where);
          if (sum === undefined) {
            sum = {
              scope: unhex(scope),
              period: row.period,
              count: 0n,
              digest: new Uint8Array(32),
            };
            sums.set(where, sum);
          }
          sum.count += 1n;
          sum.digest = this.#core.addDigests(sum.digest, holding);
        }
      }
    }
    return sums;
  }

  // The same for each record behind one (scope, period).
  recordSums(scope: Bytes, period: number): Map<string, string> {
    const wanted = hex(scope);
    const sums = new Map<string, string>();
    for (const [record, facets] of this.#records) {
      let sum: Bytes | null = null;
      for (const [id, row] of facets) {
        if (row.period !== period || !scopesOf(row.heldBy).includes(wanted)) continue;
        sum = this.#core.addDigests(sum ?? new Uint8Array(32), this.#holding(id, row));
      }
      if (sum !== null) sums.set(record, hex(sum));
    }
    return sums;
  }

  #holding(id: string, row: TabletFacetRow): Bytes {
    let holding = holdings.get(row);
    if (holding === undefined) {
      holding = this.#core.digests(unhex(id), row.facet).holding;
      holdings.set(row, holding);
    }
    return holding;
  }

  #stagedFacets(staged: StagedBase, record: string): Facets {
    const known = staged.records.get(record);
    if (known !== undefined) return known ?? none;
    return this.#records.get(record) ?? none;
  }

  *#all(staged: StagedBase): Generator<[string, Facets]> {
    for (const record of new Set([...this.#records.keys(), ...staged.records.keys()])) {
      const facets = this.#stagedFacets(staged, record);
      if (facets.size > 0) yield [record, facets];
    }
  }

  // Takes the dropped scopes out of every facet; what no scope holds any more goes. Type 0: all.
  #stageDrops(staged: StagedBase, drops: readonly ScopeId[]) {
    if (drops.length === 0) return;
    const all = drops.some((scope) => scope.type === 0);
    const dropped = new Set(drops.map((scope) => hex(scopeBytes(scope))));
    for (const [record, facets] of this.#all(staged)) {
      const left = new Map<string, TabletFacetRow>();
      let changed = false;
      for (const [id, row] of facets) {
        const before = scopesOf(row.heldBy);
        const scopes = before.filter((scope) => !all && !dropped.has(scope));
        changed ||= scopes.length !== before.length;
        if (scopes.length === 0) continue;
        left.set(id, create(TabletFacetRowSchema, { ...row, heldBy: joined(scopes) }));
      }
      if (changed) staged.records.set(record, left.size === 0 ? null : left);
    }
  }

  // What the end of a pull says is not to be held: anything under a scope and period that it does not
  // list, and after a pull from the beginning anything that it did not name.
  #stageEnd(staged: StagedBase, end: PullEnd) {
    const listed = new Set(end.digests.map((d) => `${hex(scopeBytes(d.scope))}/${d.period}`));
    const { anew, beginnings } = staged.row;
    for (const [record, facets] of this.#all(staged)) {
      const left = new Map<string, TabletFacetRow>();
      for (const [id, row] of facets) {
        const named = !anew || row.beginning === beginnings;
        if (named && scopesOf(row.heldBy).some((scope) => listed.has(`${scope}/${row.period}`))) {
          left.set(id, row);
        }
      }
      if (left.size !== facets.size) staged.records.set(record, left.size === 0 ? null : left);
    }
  }
}
