// How a tablet refills a server that was restored from a backup: what others may be waiting for first,
// then what only this person has. Nobody types a command; whoever works goes on working.

import { create } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import {
  type OfferedFacet,
  OfferedFacetSchema,
  type Recovery,
  type RefilledFacet,
  RefilledFacetSchema,
  type RefillRequest,
  RefillRequestSchema,
} from '#proto/recovery_pb';
import { hex, unhex } from '../model/bytes';
import type { PersonStore } from '../store/person-store';
import {
  groupsToRefill,
  isRestored,
  newestShared,
  stageAdoption,
  takeRefill,
} from '../store/refilling';

export type RecoveryCalls = Client<typeof Recovery>;

const none = new Uint8Array(0);
const offeredAtOnce = 1024;
const maxGroups = 200;
const maxBytes = 256 * 1024;

// What every call of a meeting is made with.
export interface CallOptions {
  readonly headers: { readonly authorization: string };
  readonly signal?: AbortSignal;
}

// So many of so many pages and changes were offered or handed back. `backupMs`: when the newest change of
// this person that the server still has was written, by its clock; 0: none of them is known.
export interface RefillProgress {
  readonly k: number;
  readonly n: number;
  readonly backupMs: number;
}

// The store has taken a greeting that asks for it. Afterwards it is in the server's epoch, and pulls from
// the beginning.
export async function refill(
  store: PersonStore,
  calls: RecoveryCalls,
  options: CallOptions,
  onProgress: (progress: RefillProgress) => void = () => {},
) {
  const requests = groupsToRefill(store.outbox, maxGroups, maxBytes);
  if (!isRestored(store.outbox)) {
    // Nothing is handed back: only answers that were lost are asked for, and nobody need be told.
    await refillGroups(store, calls, options, requests);
    await store.changeOutbox((staged) => stageAdoption(store.outbox, staged));
    return;
  }
  let n = requests.reduce((sum, { groups }) => sum + groups.length, 0);
  for (const facets of store.base.records.values()) n += facets.size;
  const backupMs = newestShared(store.outbox);
  let k = 0;
  const did = (more: number) => {
    k += more;
    onProgress({ k, n, backupMs });
  };
  did(0);
  await refillFacets(store, calls, options, did);
  await refillGroups(store, calls, options, requests, did);
  await store.changeBase((staged) => {
    staged.row.cursor = new Uint8Array(0);
  });
  await store.changeOutbox((staged) => stageAdoption(store.outbox, staged));
}

async function refillGroups(
  store: PersonStore,
  calls: RecoveryCalls,
  options: CallOptions,
  requests: readonly RefillRequest[],
  did: (groups: number) => void = () => {},
) {
  for (const request of requests) {
    const reply = await calls.refill(request, options);
    await store.changeOutbox((staged) => takeRefill(store.outbox, staged, request, reply));
    did(request.groups.length);
  }
}

async function refillFacets(
  store: PersonStore,
  calls: RecoveryCalls,
  options: CallOptions,
  did: (facets: number) => void,
) {
  const epoch = store.outbox.row.nextEpoch;
  let waiting: RefilledFacet[] = [];
  let bytes = 0;
  const send = async () => {
    if (waiting.length === 0) return;
    await calls.refill(create(RefillRequestSchema, { epoch, facets: waiting }), options);
    waiting = [];
    bytes = 0;
  };
  for (const held of inParts(facetsOf(store), offeredAtOnce)) {
    const offered = held.map((one) => one.offered);
    const { wanted, erased } = await calls.offer({ facets: offered }, options);
    if (erased.length > 0) {
      const gone = new Set(
        erased.map((place) => hex(held[place]?.facet.facet ?? none).slice(0, 32)),
      );
      await store.changeBase((staged) => {
        for (const record of gone) staged.records.set(record, null);
      });
    }
    for (const place of wanted) {
      const facet = held[place]?.facet;
      if (facet === undefined) continue;
      if (waiting.length >= maxGroups || bytes + facet.state.length > maxBytes) await send();
      waiting.push(facet);
      bytes += facet.state.length;
    }
    did(held.length);
  }
  await send();
}

function* facetsOf(store: PersonStore): Generator<{ offered: OfferedFacet; facet: RefilledFacet }> {
  for (const facets of [...store.base.records.values()]) {
    for (const [letters, { digest, epoch, seq, facet: state, receipt }] of facets) {
      const facet = unhex(letters);
      yield {
        offered: create(OfferedFacetSchema, { facet, digest }),
        facet: create(RefilledFacetSchema, { facet, epoch, seq, state, receipt }),
      };
    }
  }
}

function* inParts<T>(all: Iterable<T>, size: number): Generator<T[]> {
  let part: T[] = [];
  for (const one of all) {
    part.push(one);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
