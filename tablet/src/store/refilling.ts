// What one person's outbox hands back to a server that was restored from a backup, and what becomes of it.
//
// The rules are those of the simulated tablets (tools/replay/outbox_sync.cc). Until everything was
// answered the store stays in the epoch that it had adopted: an interrupted refill begins anew, and
// what was taken is answered as held.
import { clone, create } from '@bufbuild/protobuf';
import { type TabletGroupRow, TabletGroupRowSchema } from '#disk/tablet_pb';
import {
  Refilled,
  type RefilledGroup,
  RefilledGroupSchema,
  type RefillReply,
  type RefillRequest,
  RefillRequestSchema,
} from '#proto/recovery_pb';
import { type AckedProof, AckedProofSchema, PushResultSchema, RehomeSchema } from '#proto/sync_pb';
import { copied } from '../model/bytes';
import { type Outbox, OutboxBroken, type SealedGroup, type Staged } from './outbox';
import { ackedBy, stageNewName } from './outbox-meeting';

// There are groups to hand back, or answers to ask for, before the store goes on.
export const refills = ({ row }: Outbox): boolean => row.nextEpoch !== 0;
// Of a store that does: the server was restored, and may lack what it had acknowledged.
export const isRestored = ({ row }: Outbox): boolean => row.nextEpoch !== row.epoch;

// The newest acknowledgement that is held: a server that was put back without a word learns it from this.
export async function newestAcked(outbox: Outbox): Promise<AckedProof | undefined> {
  const { row } = outbox;
  const group = outbox.groups.get(Number(row.placeOffset + row.ackedN));
  const result = group?.row.result;
  if (group === undefined || result === undefined) return undefined;
  return create(AckedProofSchema, {
    groupHash: new Uint8Array(await crypto.subtle.digest('SHA-256', copied(group.row.group))),
    replica: outbox.countedAs(group).replica,
    result,
  });
}

// What the restored server has of it needs no refill.
const isShared = ({ row }: Outbox, { epoch, seq }: { epoch: number; seq: bigint }) =>
  epoch === row.epoch && seq <= row.refillAfterSeq;

// When the newest group that the restored server has was written, by its clock; 0: none is kept here.
export function newestShared(outbox: Outbox): number {
  let newest = 0;
  for (const { row } of outbox.groups.values()) {
    const { result } = row;
    if (result === undefined || !isShared(outbox, result)) continue;
    newest = Math.max(newest, Number(result.effMs));
  }
  return newest;
}

// Acknowledged groups that the restored server may lack, and those whose answers were lost, oldest first, in
// requests that it takes.
export function groupsToRefill(outbox: Outbox, maxGroups: number, maxBytes: number) {
  const { row } = outbox;
  const requests: RefillRequest[] = [];
  let bytes = 0;
  const acked = ackedBy(outbox, row.nextAppliedN, row.nextAppliedHash);
  const lastPlace = Number(row.placeOffset + acked);
  for (const group of inOrder(outbox)) {
    const { result, unproven } = group.row;
    if (group.place > lastPlace || unproven) continue;
    if (result !== undefined && (!isRestored(outbox) || isShared(outbox, result))) continue;
    const size = group.row.group.length;
    let request = requests.at(-1);
    if (request === undefined || request.groups.length >= maxGroups || bytes + size > maxBytes) {
      request = create(RefillRequestSchema, {
        epoch: row.nextEpoch,
        rehomes: row.rehomes.map(({ oldReplica, acked, newReplica }) =>
          create(RehomeSchema, { oldReplica, acked, newReplica }),
        ),
      });
      requests.push(request);
      bytes = 0;
    }
    bytes += size;
    request.groups.push(handedBack(outbox, group));
  }
  return requests;
}

export function takeRefill(
  outbox: Outbox,
  staged: Staged,
  request: RefillRequest,
  reply: RefillReply,
) {
  if (reply.groups.length !== request.groups.length) {
    throw new OutboxBroken('a refill was answered for another number of groups');
  }
  const places = new Map<string, SealedGroup>();
  for (const group of outbox.groups.values()) {
    const { replica, n } = outbox.countedAs(group);
    places.set(`${replica}/${n}`, group);
  }
  request.groups.forEach((sent, i) => {
    const group = places.get(`${sent.replica}/${sent.result?.n ?? 0n}`);
    const answer = reply.groups[i];
    if (group === undefined || answer === undefined) {
      throw new OutboxBroken('a refill was answered for a group that was not sent');
    }
    staged.groups.set(group.place, answered(group.row, answer.refilled, answer.result));
    if (answer.refilled === Refilled.ERASED) {
      staged.row.keptBytes -= BigInt(group.row.group.length);
    }
  });
}

// Everything was refilled: goes on in the server's epoch, unsent groups under their new name.
export function stageAdoption(outbox: Outbox, staged: Staged) {
  const { row } = outbox;
  staged.row.epoch = row.nextEpoch;
  stageNewName(outbox, staged, row.nextReplica, row.nextAppliedN, row.nextAppliedHash);
  staged.row.nextEpoch = 0;
  staged.row.nextReplica = 0n;
  staged.row.nextAppliedN = 0n;
  staged.row.nextAppliedHash = new Uint8Array(0);
}

const inOrder = (outbox: Outbox): SealedGroup[] =>
  [...outbox.groups.values()].sort((a, b) => a.place - b.place);

function handedBack(outbox: Outbox, group: SealedGroup): RefilledGroup {
  const { replica, n } = outbox.countedAs(group);
  const result = group.row.result ?? create(PushResultSchema, { n });
  return create(RefilledGroupSchema, { group: group.row.group, replica, result });
}

// The row as it is from now on; null: its record was erased, and its words go.
function answered(
  before: TabletGroupRow,
  refilled: Refilled,
  result: TabletGroupRow['result'],
): TabletGroupRow | null {
  if (refilled === Refilled.ERASED) return null;
  const row = clone(TabletGroupRowSchema, before);
  const isThere = refilled === Refilled.TAKEN || refilled === Refilled.HELD;
  if (isThere && result !== undefined) row.result = result;
  // Shown, and sealed again after the next pull (sealing-again.ts): nobody else may have it.
  else row.unproven = true;
  return row;
}
