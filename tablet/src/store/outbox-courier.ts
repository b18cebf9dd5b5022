// What waits in a person's outbox, sealed for the server: anybody's sign-in on this tablet can deliver it.
import { type Bytes, copied } from '../model/bytes';
import type { CourierStore } from './database';
import { sealForServer } from './keys';
import type { Outbox, Staged } from './outbox';

// How a courier introduces what waits, and which groups those are.
export async function forCourier(
  { row, groups }: Staged,
  before: Outbox,
  serverPoint: Bytes,
  device: Bytes,
): Promise<{ courier: Map<number, Bytes | null>; courierStore: CourierStore } | null> {
  if (serverPoint.length === 0) return null;
  const courier = new Map<number, Bytes | null>();
  const firstPlace = Number(row.placeOffset + row.ackedN) + 1;
  for (const [place, group] of groups) {
    if (group === null || place < firstPlace) courier.set(place, null);
    else if (!before.groups.has(place)) {
      courier.set(place, await sealForServer(serverPoint, device, copied(group.group)));
    }
  }
  return {
    courier,
    courierStore: {
      id: 'store',
      replica: row.replica,
      epoch: row.epoch,
      firstN: row.ackedN + 1n,
      firstPlace,
      hashBefore: copied(row.ackedHash),
      lastN: row.sealedN,
      lastHash: copied(row.sealedHash),
      rehomes:
        row.ackedN < row.lastOldNameN
          ? row.rehomes.map(({ oldReplica, acked, newReplica }) => ({
              oldReplica,
              acked,
              newReplica,
            }))
          : [],
    },
  };
}
