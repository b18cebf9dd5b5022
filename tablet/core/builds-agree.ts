// Holds the two builds of the core against each other, and both against a second implementation:
//
//   builds-agree.ts CORE_CASES CASES_WASM CORE_WASM
//
// A million cases come out alike native and as WebAssembly; a hundred thousand of the same seed come
// out of the very module that the app ships, and of oracle.ts, with the same bytes.
// HALFTERM_SEED has the same run again.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { coreSha256 } from '../.generated/core/pin.ts';
import { Core } from './core.ts';
import * as oracle from './oracle.ts';

const blocks = 100;
const casesOfABlock = 10_000;
const oracleCases = 100_000;
const maxGzippedBytes = 40 * 1024;

const [native = '', casesPath = '', corePath = ''] = process.argv.slice(2);
const seed = process.env.HALFTERM_SEED ?? String(randomBytes(4).readUInt32BE());
process.stdout.write(`HALFTERM_SEED=${seed}\n`);

const gzipped = gzipSync(readFileSync(corePath), { level: 9 }).length;
process.stdout.write(`the core is ${gzipped} bytes gzipped\n`);
assert.ok(gzipped <= maxGzippedBytes, 'the core outgrew what a first load may weigh');

interface Cases {
  readonly memory: WebAssembly.Memory;
  readonly _initialize: () => void;
  readonly outcome: (seed: bigint, block: bigint, count: number) => bigint;
  readonly one_case: (seed: bigint, block: bigint, index: number) => number;
  readonly next_case: (seed: bigint, block: bigint, count: number) => number;
}
const { instance } = await WebAssembly.instantiate(new Uint8Array(readFileSync(casesPath)), {
  // The generator's library would report an abort here; there is none.
  wasi_snapshot_preview1: { fd_close() {}, fd_seek() {}, fd_write() {}, proc_exit() {} },
});
const cases = instance.exports as unknown as Cases;
cases._initialize();

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function caseAt(address: number): { a: Uint8Array; b: Uint8Array; joined: Uint8Array } {
  const view = new DataView(cases.memory.buffer);
  let at = address;
  const part = () => {
    const size = view.getUint32(at, true);
    at += 4 + size;
    return new Uint8Array(cases.memory.buffer, at - size, size).slice();
  };
  return { a: part(), b: part(), joined: part() };
}

const run = promisify(execFile);
const nativeRun = run(native, [seed, String(blocks), String(casesOfABlock)]);

// The module that is shipped, and the second implementation.
const core = await Core.load(new Uint8Array(readFileSync(corePath)), coreSha256);
let compared = 0;
for (let block = 0; compared < oracleCases; ++block) {
  for (let i = 0; i < casesOfABlock && compared < oracleCases; ++i, ++compared) {
    const { a, b, joined } = caseAt(cases.next_case(BigInt(seed), BigInt(block), i));
    const where = () => `case ${i} of block ${block}, seed ${seed}:\n${hex(a)}\n${hex(b)}`;
    const shipped = Buffer.compare(core.join(a, b), joined) === 0;
    if (!shipped) assert.fail(`the shipped core differs at ${where()}`);
    const there = oracle.encode(oracle.join(oracle.decode(a), oracle.decode(b)));
    if (Buffer.compare(there, joined) !== 0) {
      assert.fail(`the second implementation differs at ${where()}`);
    }
  }
}
process.stdout.write(`${compared} joins of the shipped core and the second implementation agree\n`);

const outcomes = (await nativeRun).stdout.trim().split('\n');
assert.equal(outcomes.length, blocks);
for (let block = 0; block < blocks; ++block) {
  const here = BigInt.asUintN(64, cases.outcome(BigInt(seed), BigInt(block), casesOfABlock));
  if (here.toString(16).padStart(16, '0') === outcomes[block]) continue;
  for (let i = 0; i < casesOfABlock; ++i) {
    const { stdout } = await run(native, [seed, String(block), String(i), 'case']);
    const { a, b, joined } = caseAt(cases.one_case(BigInt(seed), BigInt(block), i));
    const ours = [a, b, joined].map(hex);
    const theirs = stdout.trim();
    if (ours.every((part) => theirs.includes(part))) continue;
    assert.fail(`case ${i} of block ${block}, seed ${seed}: ${ours.join(' ')}\nnative: ${theirs}`);
  }
}
process.stdout.write(`${blocks * casesOfABlock} merges and decodes are the same in both builds\n`);
