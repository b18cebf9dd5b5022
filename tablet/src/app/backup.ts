// The file that saves what a tablet has not sent: sealed groups, as a courier would bring them. Only the
// school's server can open it, so it may lie in any mailbox; any tablet of the school can deliver it.
//
// What a file brings lies beside what a tablet holds, never in its place: the server joins it, and it
// comes back to its writer with the next pull.
import { type Bytes, hex, unhex, utf8 } from '../model/bytes';
import {
  type CourierGroup,
  type CourierStore,
  PersonDatabase,
  type PersonRow,
  type TabletRow,
} from '../store/database';

const format = 'halfterm sealed backup 1';
const maxFileBytes = 256 << 20;

// Why a file is not taken in.
export type FileFault = 'fileNotOurs' | 'fileNotWhole' | 'fileOtherSchool' | 'fileEmpty';

export interface BackupStore {
  readonly store: CourierStore;
  readonly groups: readonly CourierGroup[];
}

export interface BackupFile {
  readonly school: string;
  // 16 bytes: the tablet that sealed it.
  readonly device: Bytes;
  readonly stores: readonly BackupStore[];
}

// --- Writing. ---

export async function backupFile(
  tablet: TabletRow,
  people: readonly PersonRow[],
  nowMs: number,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const stores: BackupStore[] = [];
  for (const person of people) {
    for (const name of [...person.earlier, person.database]) {
      if (name === '') continue;
      const database = new PersonDatabase(name);
      const store = await database.courierStore.get('store');
      const groups = await database.courier.orderBy('place').toArray();
      database.close();
      if (store === undefined) continue;
      const waiting = groups.filter((group) => group.place >= store.firstPlace);
      if (waiting.length > 0) stores.push({ store, groups: waiting });
    }
  }
  const day = new Date(nowMs).toISOString().slice(0, 10);
  return {
    name: `halfterm-${day}.sealed.json`,
    bytes: await packBackup({ school: tablet.school, device: tablet.device, stores }),
  };
}

// One line of JSON, and behind it the SHA-256 of that line: a file that was cut short is known as one.
export async function packBackup({ school, device, stores }: BackupFile): Promise<Bytes> {
  const line = JSON.stringify({
    format,
    school,
    device: hex(device),
    stores: stores.map(({ store, groups }) => ({
      replica: String(store.replica),
      epoch: store.epoch,
      firstN: String(store.firstN),
      hashBefore: hex(store.hashBefore),
      lastN: String(store.lastN),
      lastHash: hex(store.lastHash),
      rehomes: store.rehomes.map((move) => ({
        oldReplica: String(move.oldReplica),
        acked: String(move.acked),
        newReplica: String(move.newReplica),
      })),
      groups: groups.map((group) => hex(group.sealed)),
    })),
  });
  return utf8(`${line}\n${await sha256(line)}\n`);
}

// --- Reading. ---

export async function readBackup(
  file: Uint8Array,
  school: string,
): Promise<BackupFile | FileFault> {
  if (file.length > maxFileBytes) return 'fileNotOurs';
  const text = new TextDecoder().decode(file);
  if (!text.startsWith(`{"format":"${format}"`)) return 'fileNotOurs';
  const [line = '', sum = ''] = text.split('\n');
  if (sum !== (await sha256(line))) return 'fileNotWhole';
  const found = asObject(JSON.parse(line));
  if (found === null || !Array.isArray(found.stores)) return 'fileNotOurs';
  const device = bytesIn(found.device);
  if (device === null || device.length !== 16) return 'fileNotOurs';
  if (found.school !== school) return 'fileOtherSchool';
  const stores: BackupStore[] = [];
  for (const one of found.stores) {
    const store = storeIn(one);
    if (store === null) return 'fileNotOurs';
    if (store.groups.length > 0) stores.push(store);
  }
  return stores.length === 0 ? 'fileEmpty' : { school, device, stores };
}

const sha256 = async (text: string): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))));

function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? { ...value } : null;
}

function bytesIn(value: unknown): Bytes | null {
  return typeof value === 'string' && /^([0-9a-f]{2})*$/.test(value) ? unhex(value) : null;
}

function numberIn(value: unknown): bigint | null {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : null;
}

function storeIn(value: unknown): BackupStore | null {
  const found = asObject(value);
  if (found === null || !Array.isArray(found.groups) || !Array.isArray(found.rehomes)) return null;
  const [replica, firstN, lastN] = [found.replica, found.firstN, found.lastN].map(numberIn);
  const [hashBefore, lastHash] = [found.hashBefore, found.lastHash].map(bytesIn);
  const { epoch } = found;
  if (!replica || !firstN || !lastN || !hashBefore || !lastHash) return null;
  if (typeof epoch !== 'number' || !Number.isInteger(epoch) || epoch < 0) return null;
  const rehomes: CourierStore['rehomes'][number][] = [];
  for (const one of found.rehomes) {
    const move = asObject(one);
    const [oldReplica, newReplica] = [move?.oldReplica, move?.newReplica].map(numberIn);
    const acked = numberIn(move?.acked);
    if (!oldReplica || !newReplica || acked === null) return null;
    rehomes.push({ oldReplica, acked, newReplica });
  }
  const groups: CourierGroup[] = [];
  for (const one of found.groups) {
    const sealed = bytesIn(one);
    if (sealed === null) return null;
    groups.push({ place: groups.length + 1, sealed });
  }
  const store: CourierStore = {
    id: 'store',
    replica,
    epoch,
    firstN,
    firstPlace: 1,
    hashBefore,
    lastN,
    lastHash,
    rehomes,
  };
  return { store, groups };
}
