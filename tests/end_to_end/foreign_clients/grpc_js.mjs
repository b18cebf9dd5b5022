// Node's @grpc/grpc-js, with the protos loaded as they stand.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

import { tell, UNIMPLEMENTED } from './story.mjs';

const [publicAddress, adminAddress] = process.argv.slice(2);
const protos = fileURLToPath(new URL('../../../proto', import.meta.url));
const definition = protoLoader.loadSync(
  ['halfterm/v1/sync.proto', 'halfterm/v1/summary.proto', 'halfterm/v1/directory.proto',
    'halfterm/v1/admin.proto'],
  { includeDirs: [protos], longs: String, enums: Number, defaults: false, arrays: true });
const { halfterm: { v1 } } = grpc.loadPackageDefinition(definition);

const isAdmin = (service) => service === 'Admin' || service === 'Directory';
const clients = new Map();
function clientOf(service, address) {
  const key = `${service} ${address}`;
  if (!clients.has(key)) {
    clients.set(key, new v1[service](address, grpc.credentials.createInsecure()));
  }
  return clients.get(key);
}

function call(service, method, request, token,
  address = isAdmin(service) ? adminAddress : publicAddress) {
  const client = clientOf(service, address);
  const metadata = new grpc.Metadata();
  if (token) metadata.set('authorization', `Bearer ${token}`);
  const options = { deadline: Date.now() + 20_000 };
  if (!v1[service].service[method].responseStream) {
    return new Promise((resolve, reject) => {
      client[method](request, metadata, options, (error, reply) =>
        error ? reject(error) : resolve([reply]));
    });
  }
  return new Promise((resolve, reject) => {
    const replies = [];
    const stream = client[method](request, metadata, options);
    stream.on('data', (reply) => replies.push(reply));
    stream.on('error', reject);
    stream.on('end', () => resolve(replies));
  });
}

// Health and reflection, as their definitions are known to every gRPC client.
const health = (address) => new Promise((resolve, reject) => {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  client.makeUnaryRequest('/grpc.health.v1.Health/Check', (bytes) => bytes, (bytes) => bytes,
    Buffer.alloc(0), (error, reply) => {
      client.close();
      if (error) reject(error); else resolve(reply);
    });
});
assert.deepEqual(await health(adminAddress), Buffer.from([8, 1]), 'SERVING');
await assert.rejects(health(publicAddress), { code: UNIMPLEMENTED });

await tell(call, 'grpc-js');
await assert.rejects(call('Admin', 'Stats', {}, undefined, publicAddress), { code: UNIMPLEMENTED });

for (const client of clients.values()) client.close();
