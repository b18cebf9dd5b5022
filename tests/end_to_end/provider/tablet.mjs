// A tablet as a browser has it: its key is made by WebCrypto and never leaves it.

import { webcrypto } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const protos = fileURLToPath(new URL('../../../proto', import.meta.url));
const definition = protoLoader.loadSync(['halfterm/v1/account.proto', 'halfterm/v1/sync.proto'],
  { includeDirs: [protos], keepCase: true, longs: Number, enums: Number, defaults: true, arrays: true });
const { halfterm: { v1 } } = grpc.loadPackageDefinition(definition);

export const code = grpc.status;

function call(client, method, request, token) {
  const metadata = new grpc.Metadata();
  if (token) metadata.set('authorization', `Bearer ${token}`);
  return new Promise((resolve, reject) => {
    client[method](request, metadata, { deadline: Date.now() + 30_000 }, (error, reply) =>
      error ? reject(error) : resolve(reply));
  });
}

export class Tablet {
  static async made(address) {
    const tablet = new Tablet();
    tablet.reach(address);
    tablet.device = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
    tablet.keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    return tablet;
  }

  // The server that is asked from now on.
  reach(address) {
    this.accounts = new v1.Accounts(address, grpc.credentials.createInsecure());
    this.sync = new v1.Sync(address, grpc.credentials.createInsecure());
  }

  close() {
    this.accounts.close();
    this.sync.close();
  }

  ask(method, request, token) { return call(this.accounts, method, request, token); }

  async proof() {
    const { nonce } = await this.ask('Challenge', {});
    const text = Buffer.concat([Buffer.from('halfterm device proof 1\0'), this.device, nonce]);
    const signature = await webcrypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, this.keys.privateKey, text);
    return { device: this.device, nonce, signature: Buffer.from(signature) };
  }

  async enrol(invitation) {
    const spki = await webcrypto.subtle.exportKey('spki', this.keys.publicKey);
    const reply = await this.ask('Enrol', {
      invitation: { code: invitation.code }, device_key: Buffer.from(spki), proof: await this.proof() });
    this.school = reply.school;
    return reply;
  }

  async signIn(how) {
    return this.ask('SignIn', { school: this.school, proof: await this.proof(), ...how });
  }

  async begin(link = {}) {
    return this.ask('BeginProviderSignIn', { school: this.school, proof: await this.proof(), ...link });
  }

  async finish(state, answer) {
    return this.ask('FinishProviderSignIn', { school: this.school, proof: await this.proof(), state, code: answer });
  }

  hello(token) { return call(this.sync, 'Hello', { device: this.device }, token); }
}
