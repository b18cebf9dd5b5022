// Shows that a store stays shut without its PIN, and that only the server opens what is sealed for it.
import { describe, expect, test } from 'vitest';
import { concat, utf8 } from '../model/bytes';
import { newDataKey, newDeviceKey, open, seal, sealForServer, unwrapDataKey } from './keys';

describe('a store', () => {
  test('opens with its PIN on its tablet, and with nothing else', async () => {
    const deviceKey = await newDeviceKey();
    const { key, wrapped } = await newDataKey(deviceKey, '271828');
    const row = await seal(key, 'base', utf8('what a school wrote'));
    const again = await unwrapDataKey(deviceKey, '271828', wrapped);
    expect(again === null ? null : await open(again, 'base', row)).toEqual(
      utf8('what a school wrote'),
    );
    expect(await unwrapDataKey(deviceKey, '271829', wrapped)).toBeNull();
    expect(await unwrapDataKey(await newDeviceKey(), '271828', wrapped)).toBeNull();
  }, 30_000);

  test('has keys that nobody can take out', async () => {
    const deviceKey = await newDeviceKey();
    const { key } = await newDataKey(deviceKey, '271828');
    expect([deviceKey.extractable, key.extractable]).toEqual([false, false]);
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  }, 30_000);

  test('does not open a row under another name', async () => {
    const { key } = await newDataKey(await newDeviceKey(), '271828');
    const row = await seal(key, 'r/1', utf8('one visit'));
    await expect(open(key, 'r/2', row)).rejects.toThrow();
  }, 30_000);
});

test('a sealed group opens with the server key and this tablet, as account.proto lays it out', async () => {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const server = await crypto.subtle.generateKey(curve, true, ['deriveBits']);
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', server.publicKey));
  const device = crypto.getRandomValues(new Uint8Array(16));
  const sealed = await sealForServer(point, device, utf8('a group'));

  expect(sealed[0]).toBe(1);
  const ephemeral = sealed.slice(1, 66);
  const theirs = await crypto.subtle.importKey('raw', ephemeral, curve, false, []);
  const secret = await crypto.subtle.deriveBits(
    { name: 'ECDH', public: theirs },
    server.privateKey,
    256,
  );
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const salt = concat(ephemeral, point);
  const info = utf8('halfterm sealed group 1');
  const derived = new Uint8Array(
    await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, material, 352),
  );
  const key = await crypto.subtle.importKey('raw', derived.slice(0, 32), 'AES-GCM', false, [
    'decrypt',
  ]);
  const as = (additionalData: Uint8Array<ArrayBuffer>) => ({
    name: 'AES-GCM',
    iv: derived.slice(32),
    additionalData,
  });
  const opened = await crypto.subtle.decrypt(as(device), key, sealed.slice(66));
  expect(new Uint8Array(opened)).toEqual(utf8('a group'));
  await expect(
    crypto.subtle.decrypt(as(new Uint8Array(16)), key, sealed.slice(66)),
  ).rejects.toThrow();
});
