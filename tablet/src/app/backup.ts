// The file that saves what a tablet has not sent: sealed groups, as a courier would bring them. Only the
// school's server can open it, so it may lie in any mailbox.
import { hex } from '../model/bytes';
import { PersonDatabase, type PersonRow, type TabletRow } from '../store/database';

interface BackupStore {
  readonly replica: string;
  readonly epoch: number;
  readonly firstN: string;
  readonly hashBefore: string;
  readonly lastN: string;
  readonly lastHash: string;
  readonly rehomes: readonly { oldReplica: string; acked: string; newReplica: string }[];
  readonly groups: readonly string[];
}

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
      if (store === undefined || groups.length === 0) continue;
      stores.push({
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
        groups: groups
          .filter((group) => group.place >= store.firstPlace)
          .map((group) => hex(group.sealed)),
      });
    }
  }
  const file = {
    format: 'halfterm sealed backup 1',
    school: tablet.school,
    device: hex(tablet.device),
    stores,
  };
  const day = new Date(nowMs).toISOString().slice(0, 10);
  return {
    name: `halfterm-${day}.sealed.json`,
    bytes: new TextEncoder().encode(JSON.stringify(file)),
  };
}
