// Repeats joins that the C++ core made by chance: node check_random_joins.mjs <random_joins>.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { decode, encode, hex, join, unhex } from './core.mjs';

const wanted = 20_000;
const joins = spawn(process.argv[2], [String(wanted)], { stdio: ['ignore', 'pipe', 'inherit'] });
const exited = new Promise((resolve) => joins.on('close', resolve));

let count = 0;
for await (const line of createInterface({ input: joins.stdout })) {
  if (line.startsWith('HALFTERM_SEED')) {
    console.log(line);
    continue;
  }
  const [a, b, joined, content] = line.split(' ');
  const { facet } = join(decode(unhex(a)), decode(unhex(b)));
  assert.equal(hex(encode(facet)), joined, `join ${count} of\n${a}\n${b}`);
  assert.equal(hex(encode(facet, { stamps: false })), content);
  assert.equal(hex(encode(decode(unhex(joined)))), joined);
  ++count;
}
assert.equal(await exited, 0);
assert.equal(count, wanted);
console.log(`${count} joins agree`);
