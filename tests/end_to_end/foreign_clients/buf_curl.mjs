// buf curl, with the protos as its schema; and with the server's own reflection on the admin port. With
// a third address the tablets' calls go there, as gRPC-Web.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { OK, tell, UNIMPLEMENTED } from './story.mjs';

const [publicAddress, adminAddress, webAddress] = process.argv.slice(2);
const buf = fileURLToPath(new URL('../buf.sh', import.meta.url));
const protos = fileURLToPath(new URL('../../../proto', import.meta.url));

function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(buf, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => { out += data; });
    child.stderr.on('data', (data) => { err += data; });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

// proto3 JSON: bytes are base64, 64-bit numbers strings, enums names.
const BYTES = new Set(['id', 'org', 'parent', 'person', 'device', 'session', 'key', 'groups',
  'appliedHash', 'hashBefore', 'cursor', 'facet', 'digest', 'state', 'record', 'receipt', 'teacher',
  'department']);
const NAMED = { DISPOSITION_COMMITTED: 1 };

const toJson = (request) => JSON.stringify(request, function replace(name, value) {
  return Buffer.isBuffer(this[name]) ? this[name].toString('base64') : value;
});
const fromJson = (text) => JSON.parse(text, function revive(name, value) {
  const list = Array.isArray(this) ? this : null;
  if (typeof value === 'string' && value in NAMED) return NAMED[value];
  return typeof value === 'string' && BYTES.has(name) && !list
    ? Buffer.from(value, 'base64') : value;
});

// The fields that are left out of the JSON where they are empty.
function filled(reply) {
  reply.items ??= [];
  for (const item of reply.items) item.held ??= [];
  return reply;
}

// As many JSON objects as there are replies, one after the other.
function split(out) {
  const texts = [];
  let depth = 0;
  let begin = 0;
  let quoted = false;
  for (let i = 0; i < out.length; ++i) {
    if (out[i] === '"' && out[i - 1] !== '\\') quoted = !quoted;
    if (quoted) continue;
    if (out[i] === '{' && depth++ === 0) begin = i;
    if (out[i] === '}' && --depth === 0) texts.push(out.slice(begin, i + 1));
  }
  return texts;
}

async function curl(url, schema, request, token) {
  const protocol = webAddress && url.includes(webAddress)
    ? ['--protocol', 'grpcweb'] : ['--protocol', 'grpc', '--http2-prior-knowledge'];
  const args = ['curl', ...schema, ...protocol, '-d', request];
  if (token) args.push('-H', `authorization: Bearer ${token}`);
  const { status, out, err } = await run([...args, url]);
  if (status === OK) return split(out);
  // The exit status is the gRPC code, eight times.
  throw Object.assign(new Error(err), { code: status >> 3 });
}

const isAdmin = (service) => service === 'Admin' || service === 'Directory';
async function call(service, method, request, token) {
  const address = isAdmin(service) ? adminAddress : webAddress ?? publicAddress;
  const texts = await curl(`http://${address}/halfterm.v1.${service}/${method}`,
    ['--schema', protos], toJson(request), token);
  return texts.map((text) => filled(fromJson(text)));
}

const health = fileURLToPath(new URL('health', import.meta.url));
const [serving] = await curl(`http://${adminAddress}/grpc.health.v1.Health/Check`,
  ['--schema', health], '{}');
assert.equal(JSON.parse(serving).status, 'SERVING');
await assert.rejects(
  curl(`http://${publicAddress}/halfterm.v1.Sync/Hello`, ['--reflect'], '{}'),
  'reflection is on the admin port only');
const [stats] = await curl(`http://${adminAddress}/halfterm.v1.Admin/Stats`, ['--reflect'], '{}');
assert.ok(Number(JSON.parse(stats).rssBytes) > 0);

await tell(call, webAddress ? 'buf-curl-web' : 'buf-curl');
await assert.rejects(
  curl(`http://${webAddress ?? publicAddress}/halfterm.v1.Admin/Stats`, ['--schema', protos], '{}'),
  { code: UNIMPLEMENTED });
