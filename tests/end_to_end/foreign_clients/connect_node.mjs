// @connectrpc/connect in Node with its gRPC-Web transport, through the gateway: the same calls as the
// other clients, then deadlines and leaving. The third address is the gateway's, or an https URL of a
// proxy before it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { create, createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';

import { NOT_FOUND, tell, UNAUTHENTICATED, UNIMPLEMENTED } from './story.mjs';

const [, adminAddress, webAddress] = process.argv.slice(2);

// The protos as they stand, without generated code.
function registryOf() {
  const folder = mkdtempSync(join(tmpdir(), 'halfterm-protos-'));
  try {
    const out = join(folder, 'protos.binpb');
    const protos = fileURLToPath(new URL('../../../proto', import.meta.url));
    execFileSync('protoc', ['-I', protos, '--include_imports', '-o', out,
      ...['sync', 'summary', 'directory', 'admin'].map((name) => `halfterm/v1/${name}.proto`)]);
    return createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(out)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const registry = registryOf();

const transports = {
  web: createGrpcWebTransport({ baseUrl: webAddress.startsWith('https:') ? webAddress : `http://${webAddress}`, httpVersion: '1.1' }),
  admin: createGrpcTransport({ baseUrl: `http://${adminAddress}` }),
};
const clientOf = (service, where) =>
  createClient(registry.getService(`halfterm.v1.${service}`), transports[where]);
const isAdmin = (service) => service === 'Admin' || service === 'Directory';

// 64-bit numbers as decimal strings and bytes as Buffers, as the story has them; and back.
const isMessage = (value) => typeof value?.$typeName === 'string';
function told(value) {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(told);
  if (!isMessage(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, told(member)]));
}
function messageOf(schema, value) {
  const init = {};
  for (const [name, member] of Object.entries(value)) {
    const described = schema.field[name];
    const one = (item) => {
      if (described.message) return messageOf(described.message, item);
      return typeof item === 'string' && described.scalar !== 9 ? BigInt(item) : item;
    };
    init[name] = Array.isArray(member) ? member.map(one) : one(member);
  }
  return create(schema, init);
}

const methodOf = (service, name) => registry.getService(`halfterm.v1.${service}`).methods
  .find((method) => method.name === name);
function optionsOf(token, options = {}) {
  return { timeoutMs: 20_000, headers: token ? { authorization: `Bearer ${token}` } : {}, ...options };
}

async function call(service, name, request, token, where = isAdmin(service) ? 'admin' : 'web') {
  const method = methodOf(service, name);
  const client = clientOf(service, where);
  const message = messageOf(method.input, request);
  const replies = [];
  if (method.methodKind === 'unary') {
    replies.push(await client[method.localName](message, optionsOf(token)));
  } else {
    for await (const reply of client[method.localName](message, optionsOf(token))) replies.push(reply);
  }
  return replies.map(told);
}

const { token, teacher } = await tell(call, 'connect-node');
await assert.rejects(call('Admin', 'Stats', {}, undefined, 'web'), { code: UNIMPLEMENTED });
await assert.rejects(call('Directory', 'Import', { tenant: 't' }, token, 'web'), { code: UNIMPLEMENTED });

// Errors are typed, with their words.
const error = await clientOf('Summaries', 'web')
  .teacher({ teacher, h2: 209 }, optionsOf(`${token}x`)).then(() => null, ConnectError.from);
assert.equal(error.code, UNAUTHENTICATED);
assert.match(error.rawMessage, /session/);
assert.ok(NOT_FOUND === Code.NotFound);

// A watch opens, says something, and ends when its time is over, or when nobody wants it any more.
async function watch(options) {
  let seen = 0;
  try {
    for await (const reply of clientOf('Sync', 'web').watch({}, optionsOf(token, options))) {
      assert.ok(reply);
      ++seen;
      options.seen?.();
    }
    return { seen, code: 0 };
  } catch (problem) {
    return { seen, code: ConnectError.from(problem).code };
  }
}
assert.deepEqual(await watch({ timeoutMs: 400 }), { seen: 1, code: Code.DeadlineExceeded });
const leaving = new AbortController();
assert.deepEqual(await watch({ timeoutMs: 20_000, signal: leaving.signal, seen: () => leaving.abort() }),
  { seen: 1, code: Code.Canceled });
