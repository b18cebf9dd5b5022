// Shows that the WebAssembly core gives the golden values that the server's tests hold too.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { coreSha256 } from '#core/pin';
import { type Bytes, Core, type Move, noFacet, Refused } from './core';

const wasm = new Uint8Array(readFileSync(new URL('../.generated/core/core.wasm', import.meta.url)));
const core = await Core.load(wasm, coreSha256);

type Golden = ReturnType<typeof JSON.parse>;
const vectors = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(`../../tests/vectors/${name}.json`, import.meta.url), 'utf8'));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const unhex = (text: string): Bytes => new Uint8Array(Buffer.from(text, 'hex'));
const replica = (text: string) => BigInt(`0x${text}`);
const dotOf = (dot: { replica: string; count: string }) => ({
  replica: replica(dot.replica),
  n: BigInt(dot.count),
});

// One test for each vector of the file.
function each(file: string, claim: string, run: (c: Golden) => void | Promise<void>) {
  for (const c of vectors(file)) test(`${claim} ${c.name ?? c.why}`, () => run(c));
}

describe('the merge core as WebAssembly', () => {
  test('is not loaded under another hash', async () => {
    const other = wasm.slice();
    other[other.length - 1] = (other[other.length - 1] ?? 0) ^ 1;
    await expect(Core.load(other, coreSha256)).rejects.toThrow(Refused);
  });

  each('facets', 'reads', (c) => {
    expect(hex(core.join(unhex(c.bytes), noFacet))).toBe(c.bytes);
    const cells = core.readCells(unhex(c.bytes));
    expect(cells.map((cell) => hex(cell.path))).toEqual(
      c.cells.map((cell: { path: string }) => cell.path),
    );
  });

  each('joins', 'joins', (c) => {
    expect(hex(core.join(unhex(c.a), unhex(c.b)))).toBe(c.joined);
    expect(hex(core.join(unhex(c.b), unhex(c.a)))).toBe(c.joined);
  });

  each('cells', 'writes', (c) => {
    const shown = core
      .readCells(unhex(c.held))
      .find((cell) => hex(cell.path) === c.path)
      ?.siblings.map((sibling) => hex(sibling.value));
    expect([...new Set(shown ?? [])]).toEqual(c.shown);
    const value = c.write.value === null ? null : unhex(c.write.value);
    const delta = core.write(unhex(c.held), dotOf(c.write.dot), [{ path: unhex(c.path), value }]);
    expect(hex(core.own(delta, [], dotOf(c.write.dot), unhex(c.write.author)))).toBe(c.delta);
  });

  each('rehomes', 'rehomes', (c) => {
    const moves: Move[] = c.moves.map((move: { old: string; acked: string; new: string }) => ({
      oldReplica: replica(move.old),
      acked: BigInt(move.acked),
      newReplica: replica(move.new),
    }));
    const nobody = { replica: 1n, n: 0n };
    const move = () => hex(core.own(unhex(c.bytes), moves, nobody, new Uint8Array(16)));
    if (c.moved === null) expect(move).toThrow(Refused);
    else expect(move()).toBe(c.moved);
  });

  each('refusals', 'refuses', (c) => {
    if (c.limits !== undefined) return; // Other bounds than a tablet's.
    const bytes = unhex(c.bytes);
    const read = () => (c.form === 'group' ? core.openGroup(bytes) : core.join(bytes, noFacet));
    expect(read).toThrow(Refused);
  });

  each('groups', 'seals', async (c) => {
    const signed = core.group(
      {
        kind: c.kind,
        replica: replica(c.dot.replica),
        n: BigInt(c.dot.count),
        session: unhex(c.session),
        baseEpoch: c.base_epoch,
        baseSeq: BigInt(c.base_seq),
        known: c.known,
        facet: unhex(c.facet),
        wallMs: BigInt(c.time.wall_ms),
        sinceHelloMs:
          c.time.since_hello_ms === null ? 0xffffffffffffffffn : BigInt(c.time.since_hello_ms),
        helloNo: c.time.hello_no,
        offsetMs: BigInt(c.time.offset_ms),
      },
      unhex(c.body),
    );
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', unhex(c.session_key), algorithm, false, [
      'sign',
    ]);
    const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, signed)).slice(0, 16);
    expect(hex(signed) + hex(mac)).toBe(c.bytes);
    expect(hex(core.openGroup(unhex(c.bytes)).body)).toBe(c.body);
    expect(hex(core.chain(unhex(c.chain_before), BigInt(c.dot.count), unhex(c.bytes)))).toBe(
      c.chain,
    );
  });

  test('sums digests', () => {
    const { facets, sums } = vectors('digests');
    let sum: Bytes = new Uint8Array(32);
    for (const c of facets) {
      const { facet, holding } = core.digests(unhex(c.facet), unhex(c.bytes));
      sum = core.addDigests(sum, holding);
      expect([hex(facet), hex(holding), hex(sum)]).toEqual([c.digest, c.holding, c.sum]);
    }
    for (const c of sums) expect(hex(core.addDigests(unhex(c.a), unhex(c.b)))).toBe(c.a_plus_b);
  });
});
