// What a meeting with the server does to an outbox: it goes on under the server's names, offers what
// waits, takes what is acknowledged, and lets go of what is in a backup.
import { clone, create } from '@bufbuild/protobuf';
import { TabletGroupRowSchema, TabletOpenRowSchema } from '#disk/tablet_pb';
import {
  Disposition,
  type HelloReply,
  type PushReply,
  type PushRequest,
  PushRequestSchema,
  StoreAction,
  type StoreReply,
} from '#proto/sync_pb';
import { equal } from '../model/bytes';
import { type Outbox, OutboxBroken, openCount, type Staged, type TabletMoment } from './outbox';

const maxKeptBytes = 50n << 20n;

export function takeGreeting(
  outbox: Outbox,
  staged: Staged,
  reply: HelloReply,
  store: StoreReply,
  now: TabletMoment,
) {
  const next = staged.row;
  next.helloNo = reply.helloNo;
  next.clockOffsetMs = reply.serverTimeMs - BigInt(now.wallMs);
  next.helloMonoMs = BigInt(now.monoMs);
  next.helloBoot = now.boot;
  if (next.replica === 0n) next.replica = store.replica;
  next.nextEpoch = 0;
  // Groups whose answers were lost are held there, and are to go on under another name: what was answered
  // for them is asked for first, for without it they have no proof for the next refill.
  const lacksAnswers =
    store.newReplica !== 0n &&
    ackedBy(outbox, store.appliedN, store.appliedHash) > outbox.row.ackedN;
  if (store.action === StoreAction.REFILL || lacksAnswers) {
    // Nothing else changes before what is kept was handed back (refilling.ts).
    next.refillAfterSeq = store.branchSeq;
    next.nextEpoch = reply.epoch;
    next.nextReplica = store.newReplica;
    next.nextAppliedN = store.appliedN;
    next.nextAppliedHash = store.appliedHash;
    return;
  }
  next.epoch = reply.epoch;
  if (store.newReplica !== 0n) {
    stageNewName(outbox, staged, store.newReplica, store.appliedN, store.appliedHash);
  } else if (store.action === StoreAction.OK && store.appliedN < outbox.row.ackedN) {
    throw new OutboxBroken('the server holds fewer groups than it had acknowledged');
  }
}

// Up to which group the server, which has applied so many with that hash, holds this store's own. What it
// holds under the same hash need not go again; what it holds under another is a twin's work, and ours is
// still to be sent.
export function ackedBy(outbox: Outbox, appliedN: bigint, appliedHash: Uint8Array): bigint {
  const { ackedN, placeOffset, sealedN } = outbox.row;
  if (appliedN <= ackedN || appliedN > sealedN) return ackedN;
  const last = outbox.groups.get(Number(appliedN + placeOffset));
  return last !== undefined && equal(last.row.hash, appliedHash) ? appliedN : ackedN;
}

// What was not sent goes on under another name.
export function stageNewName(
  outbox: Outbox,
  staged: Staged,
  newReplica: bigint,
  appliedN: bigint,
  appliedHash: Uint8Array,
) {
  stageRehome(outbox, staged, ackedBy(outbox, appliedN, appliedHash), newReplica);
}

// The next groups to send; no groups: there is nothing.
export function nextPush(outbox: Outbox, maxGroups: number, maxBytes: number): PushRequest {
  const row = outbox.row;
  const request = create(PushRequestSchema, {
    replica: row.replica,
    firstN: row.ackedN + 1n,
    epoch: row.epoch,
    hashBefore: row.ackedHash,
  });
  if (row.ackedN < row.lastOldNameN) {
    request.rehomes = row.rehomes.map(({ oldReplica, acked, newReplica }) => ({
      $typeName: 'halfterm.v1.Rehome',
      oldReplica,
      acked,
      newReplica,
    }));
  }
  let bytes = 0;
  for (let n = row.ackedN + 1n; n <= row.sealedN && request.groups.length < maxGroups; ++n) {
    const group = outbox.groups.get(Number(n + row.placeOffset));
    if (group === undefined) throw new OutboxBroken('a group that was not sent is not here');
    bytes += group.row.group.length;
    if (bytes > maxBytes && request.groups.length > 0) break;
    request.groups.push(group.row.group);
  }
  return request;
}

export function takePush(outbox: Outbox, staged: Staged, request: PushRequest, reply: PushReply) {
  if (reply.results.length === 0 || reply.results.length > request.groups.length) {
    throw new OutboxBroken('a push was answered for another number of groups');
  }
  let hashAtApplied: Uint8Array | null = null;
  reply.results.forEach((result, i) => {
    const n = request.firstN + BigInt(i);
    const place = Number(n + outbox.row.placeOffset);
    const held = outbox.groups.get(place);
    if (result.n !== n || held === undefined || result.seq === 0n) {
      throw new OutboxBroken('a push was answered for a group that was not sent');
    }
    if (n === reply.appliedN) hashAtApplied = held.row.hash;
    if (held.row.result !== undefined) return;
    const row = clone(TabletGroupRowSchema, held.row);
    row.result = result;
    staged.groups.set(place, row);
    if (n > staged.row.ackedN) {
      staged.row.ackedN = n;
      staged.row.ackedHash = held.row.hash;
    }
  });
  if (hashAtApplied !== null && !equal(hashAtApplied, reply.appliedHash)) {
    throw new OutboxBroken("the server's chain is not the tablet's");
  }
}

function stageRehome(outbox: Outbox, staged: Staged, acked: bigint, newReplica: bigint) {
  const before = outbox.row;
  const { row } = staged;
  row.rehomes.push({
    $typeName: 'halfterm.disk.RehomeRow',
    oldReplica: before.replica,
    acked,
    newReplica,
  });
  row.replica = newReplica;
  row.placeOffset = before.placeOffset + acked;
  row.sealedN = before.sealedN - acked;
  row.lastOldNameN = row.sealedN;
  row.ackedN = 0n;
  row.ackedHash = new Uint8Array(0);
  row.sealedHash = new Uint8Array(0);
  for (let n = 1n; n <= row.sealedN; ++n) {
    const place = Number(n + row.placeOffset);
    const group = outbox.groups.get(place);
    if (group === undefined) throw new OutboxBroken('a group that was not sent is not here');
    row.sealedHash = outbox.core.chain(row.sealedHash, n, group.row.group);
    staged.groups.set(
      place,
      create(TabletGroupRowSchema, { group: group.row.group, hash: row.sealedHash }),
    );
  }
  // What is open was never sent, so it simply goes on under the new name.
  const move = { oldReplica: before.replica, acked, newReplica };
  for (const [facet, open] of outbox.open) {
    const moved = clone(TabletOpenRowSchema, open);
    const from = { replica: newReplica, n: openCount - acked };
    moved.delta = outbox.core.renumber(open.delta, [move], from, outbox.openDot(newReplica));
    staged.open.set(facet, moved);
  }
}

// Lets go of what is in the server's backups. Only after a pull that was proved to be complete: until
// then these groups may be all that this tablet has of its person's own words. `sharedSeq` says up to
// which number the history of an epoch is the server's own; what was counted beyond it, and what a
// restored server could not take back, stays whatever it weighs.
export function stagePruning(
  outbox: Outbox,
  staged: Staged,
  durableSeq: bigint,
  sharedSeq: (epoch: number) => bigint,
) {
  const { row } = staged;
  const firstUnsent = Number(row.placeOffset + row.ackedN) + 1;
  let firstKept = 0;
  for (const place of [...outbox.groups.keys()].sort((a, b) => a - b)) {
    const group = outbox.groups.get(place)?.row;
    const result = group?.result;
    const isHeld =
      result !== undefined &&
      result.disposition === Disposition.COMMITTED &&
      result.seq !== 0n &&
      result.seq <= sharedSeq(result.epoch) &&
      !group?.unproven;
    const mayGo = place < firstUnsent && isHeld;
    const isDurable = isHeld && result.seq <= durableSeq;
    if (group !== undefined && mayGo && (isDurable || row.keptBytes > maxKeptBytes)) {
      staged.groups.set(place, null);
      row.keptBytes -= BigInt(group.group.length);
    } else if (firstKept === 0) {
      firstKept = place;
    }
  }
  row.firstKeptPlace = BigInt(firstKept);
}
