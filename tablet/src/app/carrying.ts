// Brings to the server what others left on this tablet, unread: colleagues' unsent work, and what
// backup files hold. Anybody's sign-in will do.
import { type Bytes, copied, hex } from '../model/bytes';
import {
  type FileRow,
  PersonDatabase,
  type TabletDatabase,
  type TabletRow,
} from '../store/database';
import { courier, wasTaken } from '../transport/accounts';
import type { AccountCalls } from '../transport/calls';
import type { BackupFile } from './backup';

const groupsAtOnce = 100;

export class Carrying {
  readonly #database: TabletDatabase;
  readonly #calls: AccountCalls;
  #files: FileRow[] = [];

  constructor(database: TabletDatabase, calls: AccountCalls) {
    this.#database = database;
    this.#calls = calls;
  }

  async start(): Promise<void> {
    this.#files = await this.#database.files.toArray();
  }

  // Stores of backup files that were taken in here, also those that were delivered.
  get files(): readonly FileRow[] {
    return this.#files;
  }

  // Keeps what a file holds on this tablet's disk until the server has it. The same file again changes
  // nothing. How many changes it holds.
  async takeIn({ device, stores }: BackupFile, nowMs: number): Promise<number> {
    let changes = 0;
    for (const { store, groups } of stores) {
      changes += groups.length;
      const id = `halfterm-file-${hex(device)}-${store.replica}-${store.lastN}`;
      if (this.#files.some((known) => known.id === id)) continue;
      const database = new PersonDatabase(id);
      try {
        await database.transaction('rw', database.courier, database.courierStore, async () => {
          await database.courier.bulkPut([...groups]);
          await database.courierStore.put(store);
        });
      } finally {
        database.close();
      }
      const left = groups.length;
      await this.#database.files.put({ id, device, left, addedMs: nowMs, isStuck: false });
    }
    await this.start();
    return changes;
  }

  // Delivers what the files hold, as far as the server takes it.
  async carryFiles(row: TabletRow): Promise<void> {
    for (const { id, device, left } of this.#files) {
      if (left === 0) continue;
      const database = new PersonDatabase(id);
      try {
        const all = await this.#carryStore(row, database, device);
        await this.#database.files.update(id, {
          left: await database.courier.count(),
          isStuck: !all,
        });
      } finally {
        database.close();
      }
    }
    await this.start();
  }

  // Delivers a colleague's store. True: nothing of it waits any more.
  async carry(row: TabletRow, databaseName: string): Promise<boolean> {
    const database = new PersonDatabase(databaseName);
    try {
      return await this.#carryStore(row, database, null);
    } finally {
      database.close();
    }
  }

  // `sealedBy`: the tablet whose work it is; null: this one.
  async #carryStore(
    row: TabletRow,
    database: PersonDatabase,
    sealedBy: Bytes | null,
  ): Promise<boolean> {
    for (;;) {
      const store = await database.courierStore.get('store');
      if (store === undefined) return true;
      const groups = await database.courier
        .where('place')
        .aboveOrEqual(store.firstPlace)
        .limit(groupsAtOnce)
        .toArray();
      if (groups.length === 0) return true;
      const [result] = await courier(this.#calls, row, row.school, [{ store, groups, sealedBy }]);
      if (result === undefined || !wasTaken(result) || result.taken === 0) return false;
      // Its own store still has every group, and hears at its next Push what became of it.
      const last = groups[result.taken - 1];
      if (last === undefined) return false;
      await database.transaction('rw', database.courier, database.courierStore, async () => {
        await database.courier.where('place').belowOrEqual(last.place).delete();
        // Its own person may have sent some in another tab meanwhile.
        const now = await database.courierStore.get('store');
        if (now === undefined || now.replica !== store.replica || now.firstN !== store.firstN)
          return;
        await database.courierStore.put({
          ...now,
          firstN: store.firstN + BigInt(result.taken),
          firstPlace: last.place + 1,
          hashBefore: copied(result.takenHash),
        });
      });
    }
  }
}
