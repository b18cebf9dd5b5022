// The keys that keep one person's store shut while somebody else holds the tablet.
//
// A PIN has too few digits to be a key. It is stretched (PBKDF2) and then goes through the tablet's
// own HMAC key, which the browser keeps and never shows; so a copy of the disk alone cannot be tried
// against every PIN. What comes out (HKDF) wraps the store's data key. No key here can be exported,
// but for the moment in which the data key is made and wrapped.
import { type Bytes, concat, utf8 } from '../model/bytes';

export interface WrappedKey {
  readonly salt: Bytes;
  readonly iv: Bytes;
  readonly wrapped: Bytes;
}

export interface Sealed {
  readonly iv: Bytes;
  readonly data: Bytes;
}

export const pbkdf2Rounds = 600_000;

const subtle = () => crypto.subtle;
const random = (size: number): Bytes => crypto.getRandomValues(new Uint8Array(size));

export const newDeviceKey = (): Promise<CryptoKey> =>
  subtle().generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);

async function wrappingKey(deviceKey: CryptoKey, pin: string, salt: Bytes): Promise<CryptoKey> {
  const typed = await subtle().importKey('raw', utf8(pin), 'PBKDF2', false, ['deriveBits']);
  const stretched = await subtle().deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: pbkdf2Rounds },
    typed,
    256,
  );
  const mixed = await subtle().sign('HMAC', deviceKey, stretched);
  const material = await subtle().importKey('raw', mixed, 'HKDF', false, ['deriveKey']);
  return subtle().deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt, info: utf8('halfterm store key 1') },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['wrapKey', 'unwrapKey'],
  );
}

// Makes a data key and wraps it.
export async function newDataKey(
  deviceKey: CryptoKey,
  pin: string,
): Promise<{ readonly key: CryptoKey; readonly wrapped: WrappedKey }> {
  const salt = random(16);
  const made = await subtle().generateKey({ name: 'AES-GCM', length: 256 }, true, [
    'encrypt',
    'decrypt',
  ]);
  const iv = random(12);
  const wrapping = await wrappingKey(deviceKey, pin, salt);
  const wrapped = new Uint8Array(
    await subtle().wrapKey('raw', made, wrapping, { name: 'AES-GCM', iv }),
  );
  const key = await unwrapDataKey(deviceKey, pin, { salt, iv, wrapped });
  if (key === null) throw new Error('a key that was just wrapped does not unwrap');
  return { key, wrapped: { salt, iv, wrapped } };
}

// Null: the PIN is not the one.
export async function unwrapDataKey(
  deviceKey: CryptoKey,
  pin: string,
  { salt, iv, wrapped }: WrappedKey,
): Promise<CryptoKey | null> {
  const wrapping = await wrappingKey(deviceKey, pin, salt);
  try {
    return await subtle().unwrapKey(
      'raw',
      wrapped,
      wrapping,
      { name: 'AES-GCM', iv },
      'AES-GCM',
      false,
      ['encrypt', 'decrypt'],
    );
  } catch {
    return null;
  }
}

// `name` is bound in: a row that is moved to another name does not open.
export async function seal(key: CryptoKey, name: string, data: Bytes): Promise<Sealed> {
  const iv = random(12);
  const algorithm = { name: 'AES-GCM', iv, additionalData: utf8(name) };
  return { iv, data: new Uint8Array(await subtle().encrypt(algorithm, key, data)) };
}

export async function open(key: CryptoKey, name: string, { iv, data }: Sealed): Promise<Bytes> {
  const algorithm = { name: 'AES-GCM', iv, additionalData: utf8(name) };
  return new Uint8Array(await subtle().decrypt(algorithm, key, data));
}

// --- Groups and the tablet's own proof. ---

export const groupKey = (raw: Bytes): Promise<CryptoKey> =>
  subtle().importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);

export const groupCode = async (key: CryptoKey, signed: Bytes): Promise<Bytes> =>
  new Uint8Array(await subtle().sign('HMAC', key, signed)).slice(0, 16);

export const newProofKey = (): Promise<CryptoKeyPair> =>
  subtle().generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);

export const publicPoint = async (pair: CryptoKeyPair): Promise<Bytes> =>
  new Uint8Array(await subtle().exportKey('raw', pair.publicKey));

export async function proof(pair: CryptoKeyPair, device: Bytes, nonce: Uint8Array): Promise<Bytes> {
  const claim = concat(utf8('halfterm device proof 1'), Uint8Array.of(0), device, nonce);
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  return new Uint8Array(await subtle().sign(algorithm, pair.privateKey, claim));
}

// Seals a group so that only the server can read it, for whoever brings it there
// (proto/halfterm/v1/account.proto, SealedStore).
export async function sealForServer(
  serverPoint: Bytes,
  device: Bytes,
  group: Bytes,
): Promise<Bytes> {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const theirs = await subtle().importKey('raw', serverPoint, curve, false, []);
  const ours = await subtle().generateKey(curve, false, ['deriveBits']);
  const point = new Uint8Array(await subtle().exportKey('raw', ours.publicKey));
  const secret = await subtle().deriveBits({ name: 'ECDH', public: theirs }, ours.privateKey, 256);
  const material = await subtle().importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const derived = new Uint8Array(
    await subtle().deriveBits(
      {
        name: 'HKDF',
        hash: 'SHA-256',
        salt: concat(point, serverPoint),
        info: utf8('halfterm sealed group 1'),
      },
      material,
      44 * 8,
    ),
  );
  const key = await subtle().importKey('raw', derived.slice(0, 32), 'AES-GCM', false, ['encrypt']);
  const algorithm = { name: 'AES-GCM', iv: derived.slice(32), additionalData: device };
  const sealed = new Uint8Array(await subtle().encrypt(algorithm, key, group));
  return concat(Uint8Array.of(1), point, sealed);
}
