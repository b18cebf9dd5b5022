// What is on the tablet's disk: one database for the tablet, and one for each person.
//
// A person's rows are encrypted; their names (record ids, places) are not. Every write is durable
// before it counts: the browser's default is not to wait for the disk.
import { Dexie, type Table } from 'dexie';
import { type Bytes, hex } from '../model/bytes';
import { open, type Sealed, seal, type WrappedKey } from './keys';

// The tablet: who it is to the school. Keys are the browser's, and cannot be read.
export interface TabletRow {
  readonly id: 'tablet';
  readonly device: Bytes;
  readonly deviceKey: CryptoKey;
  readonly proofKeys: CryptoKeyPair;
  readonly school: string;
  readonly schoolName: string;
  readonly label: string;
  readonly zone: string;
  // Empty: outboxes are not sealed.
  readonly serverPoint: Bytes;
  readonly leaseDays: number;
  // What the school's provider is called; empty, or not there: it has none.
  readonly provider?: string;
}

// Somebody who was added to the tablet.
export interface PersonRow {
  // 32 hexadecimal letters.
  readonly id: string;
  readonly name: string;
  readonly signInName: string;
  // Of the present store; empty until a PIN is chosen.
  readonly database: string;
  // Stores whose PIN was forgotten: kept, with what they have for the server.
  readonly earlier: readonly string[];
  // Null until a PIN is chosen.
  readonly key: WrappedKey | null;
  readonly lastUsedMs: number;
  readonly pinTries: number;
  readonly waitUntilMs: number;
  readonly unsent: number;
  readonly oldestMs: number;
  readonly signInEnded: boolean;
  // When this tablet and the server last met for this person, on the server's clock.
  readonly lastContactMs: number;
}

// A group that waits, as only the server can read it.
export interface CourierGroup {
  readonly place: number;
  readonly sealed: Bytes;
}

// How a courier introduces the groups that wait; as SealedStore.
export interface CourierStore {
  readonly id: 'store';
  readonly replica: bigint;
  readonly epoch: number;
  readonly firstN: bigint;
  readonly firstPlace: number;
  readonly hashBefore: Bytes;
  readonly lastN: bigint;
  readonly lastHash: Bytes;
  readonly rehomes: readonly { oldReplica: bigint; acked: bigint; newReplica: bigint }[];
}

// A store out of a backup file that was taken in on this tablet; also the name of the database in which
// its groups lie.
export interface FileRow {
  readonly id: string;
  // The tablet that sealed them.
  readonly device: Bytes;
  readonly addedMs: number;
  // Groups that the server does not have.
  readonly left: number;
  // The server could not take them as they are; they are kept.
  readonly isStuck: boolean;
}

const durably = { chromeTransactionDurability: 'strict' } as const;

export class TabletDatabase extends Dexie {
  declare readonly tablet: Table<TabletRow, string>;
  declare readonly people: Table<PersonRow, string>;
  declare readonly files: Table<FileRow, string>;

  constructor(name = 'halfterm') {
    super(name, durably);
    this.version(1).stores({ tablet: 'id', people: 'id' });
    this.version(2).stores({ files: 'id' });
  }
}

interface Row extends Sealed {
  readonly name: string;
}

// Who may write: whoever claimed the store last. A tab that another one took the store from may still
// have a write under way; its number is old then, and the write is refused as a whole.
interface WriterRow {
  readonly id: 'writer';
  readonly number: number;
}

// Another tab has taken the store over; nothing was written.
export class NotTheWriter extends Error {}

export class PersonDatabase extends Dexie {
  declare readonly rows: Table<Row, string>;
  declare readonly courier: Table<CourierGroup, number>;
  declare readonly courierStore: Table<CourierStore, string>;
  declare readonly writer: Table<WriterRow, string>;

  constructor(name: string) {
    super(name, durably);
    this.version(1).stores({ rows: 'name', courier: 'place', courierStore: 'id', writer: 'id' });
  }
}

// One atomic change of a person's disk. Null deletes.
export interface Writes {
  readonly rows: ReadonlyMap<string, Bytes | null>;
  readonly courier?: ReadonlyMap<number, Bytes | null>;
  readonly courierStore?: CourierStore;
}

// What was read of a person's disk before their key was at hand.
export interface Fetched {
  readonly rows: readonly Row[];
  // 0: this tab only reads.
  readonly writer: number;
}

// 'writes': from here on this tab writes, and no other one. What another tab wrote until then is in it.
export async function fetchRows(
  database: PersonDatabase,
  mode: 'writes' | 'reads',
): Promise<Fetched> {
  const { writer, rows } = database;
  let number = 0;
  if (mode === 'writes') {
    await database.transaction('rw', writer, async () => {
      number = ((await writer.get('writer'))?.number ?? 0) + 1;
      await writer.put({ id: 'writer', number });
    });
  }
  return { rows: await rows.toArray(), writer: number };
}

// The person's rows, opened with their key. Calls one after the other.
export class Rows {
  readonly #database: PersonDatabase;
  readonly #key: CryptoKey;
  readonly #writer: number;

  constructor(database: PersonDatabase, key: CryptoKey, writer: number) {
    this.#database = database;
    this.#key = key;
    this.#writer = writer;
  }

  async open(rows: readonly Row[]): Promise<Map<string, Bytes>> {
    const opened = await Promise.all(rows.map((row) => open(this.#key, row.name, row)));
    const found = new Map<string, Bytes>();
    rows.forEach((row, i) => {
      const bytes = opened[i];
      if (bytes !== undefined) found.set(row.name, bytes);
    });
    return found;
  }

  // All of it is on disk when this resolves, or none. NotTheWriter: another tab took the store over.
  async commit(writes: Writes): Promise<void> {
    // Encrypted first: a transaction ends while it waits for anything but the database.
    const puts: Row[] = [];
    const gone: string[] = [];
    for (const [name, bytes] of writes.rows) {
      if (bytes === null) gone.push(name);
      else puts.push({ name, ...(await seal(this.#key, name, bytes)) });
    }
    const couriers: CourierGroup[] = [];
    const delivered: number[] = [];
    for (const [place, sealed] of writes.courier ?? []) {
      if (sealed === null) delivered.push(place);
      else couriers.push({ place, sealed });
    }
    const { rows, courier, courierStore, writer } = this.#database;
    await this.#database.transaction('rw', rows, courier, courierStore, writer, async () => {
      if (this.#writer === 0 || (await writer.get('writer'))?.number !== this.#writer) {
        throw new NotTheWriter();
      }
      await rows.bulkPut(puts);
      await rows.bulkDelete(gone);
      await courier.bulkPut(couriers);
      await courier.bulkDelete(delivered);
      if (writes.courierStore !== undefined) await courierStore.put(writes.courierStore);
    });
  }

  close() {
    this.#database.close();
  }
}

export const newDatabaseName = (): string =>
  `halfterm-person-${hex(crypto.getRandomValues(new Uint8Array(8)))}`;
