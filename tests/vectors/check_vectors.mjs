// Holds the golden vectors against the implementation in core.mjs: node check_vectors.mjs.
// vectors_test.cc holds the same files against the C++ core.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as core from './core.mjs';

const { hex, unhex } = core;
const vectors = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url)));
const decode = (text) => core.decode(unhex(text));
const encode = (facet) => hex(core.encode(facet));

// The vectors' own way of spelling a facet (facet_json.h).
const dotJson = ({ replica, count }) => ({ replica, count: String(count) });
const cellJson = (path, cell) => {
  if (cell.phase) return { path, phase: cell.phase };
  if (cell.maxi !== undefined) return { path, maxi: String(cell.maxi) };
  return {
    path,
    seen: [...cell.seen].map(([replica, count]) => dotJson({ replica, count })),
    siblings: [...cell.siblings.values()].map(({ replica, count, stamp, author, value }) => ({
      ...dotJson({ replica, count }), stamp: String(stamp), author, value,
    })),
  };
};

const checks = {
  facets(c) {
    const facet = decode(c.bytes);
    assert.deepEqual([...facet].map(([path, cell]) => cellJson(path, cell)), c.cells);
    assert.equal(encode(facet), c.bytes);
    assert.equal(hex(core.encode(facet, { stamps: false })), c.content);
  },

  joins(c) {
    const there = core.join(decode(c.a), decode(c.b));
    const back = core.join(decode(c.b), decode(c.a));
    assert.equal(encode(there.facet), c.joined);
    assert.equal(encode(back.facet), c.joined);
    assert.deepEqual(there.equivocal.map(dotJson), c.equivocal);
  },

  cells(c) {
    const held = decode(c.held);
    assert.deepEqual(core.shown(held.get(c.path)), c.shown);
    const { dot, author, value } = c.write;
    const delta = core.write(held, c.path, { ...dot, count: BigInt(dot.count) }, author, value);
    assert.equal(encode(delta), c.delta);
  },

  rehomes(c) {
    const moves = c.moves.map((move) => ({ ...move, acked: BigInt(move.acked) }));
    const moved = core.rehome(decode(c.bytes), moves);
    assert.equal(moved === null ? null : encode(moved), c.moved);
  },

  refusals(c) {
    const read = c.form === 'group' ? core.decodeGroup : core.decode;
    assert.throws(() => read(unhex(c.bytes), c.limits));
  },

  groups(c) {
    const bytes = unhex(c.bytes);
    const key = unhex(c.session_key);
    const group = core.decodeGroup(bytes);
    const { since_hello_ms: since } = group.time;
    const spelled = {
      kind: group.kind, dot: dotJson(group.dot), session: group.session,
      base_epoch: group.base_epoch, base_seq: String(group.base_seq), known: group.known,
      facet: group.facet, body: group.body,
      time: {
        wall_ms: String(group.time.wall_ms), since_hello_ms: since === null ? null : String(since),
        hello_no: group.time.hello_no, offset_ms: String(group.time.offset_ms),
      },
    };
    for (const [name, value] of Object.entries(spelled)) assert.deepEqual(value, c[name], name);
    assert.ok(core.macIsRight(group, key));
    assert.ok(!core.macIsRight(group, Buffer.concat([key, key])));
    assert.equal(hex(core.encodeGroup(group, key)), c.bytes);
    assert.equal(hex(core.sha256(bytes)), c.hash);
    assert.equal(hex(core.chain(unhex(c.chain_before), group.dot.count, unhex(c.hash))), c.chain);
  },
};

let count = 0;
function check(file, c, run) {
  try {
    run(c);
  } catch (error) {
    error.message = `${file}.json, "${c.name ?? c.why}": ${error.message}`;
    throw error;
  }
  ++count;
}

for (const [file, run] of Object.entries(checks)) {
  for (const c of vectors(file)) check(file, c, run);
}

const digests = vectors('digests');
let sum = Buffer.alloc(32);
for (const c of digests.facets) {
  check('digests', c, () => {
    const id = unhex(c.facet);
    const digest = core.facetDigest(id, decode(c.bytes));
    const holding = core.holdingDigest(id, digest);
    sum = core.addDigests(sum, holding);
    assert.deepEqual([hex(digest), hex(holding), hex(sum)], [c.digest, c.holding, c.sum]);
  });
}
for (const c of digests.sums) {
  check('digests', c, () => {
    assert.equal(hex(core.addDigests(unhex(c.a), unhex(c.b))), c.a_plus_b);
    assert.equal(hex(core.subtractDigests(unhex(c.a), unhex(c.b))), c.a_minus_b);
  });
}
console.log(`${count} vectors agree`);
