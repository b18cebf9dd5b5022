// Late and parked work on visits that this person leads: the server's list, kept for when there is no
// network, and what the person decides of each.
import { create } from '@bufbuild/protobuf';
import type { KeptGroup } from '#proto/disposition_pb';
import { IntentSchema } from '#proto/sync_pb';
import { classOfLetters, hex } from '../model/bytes';
import { facetClass } from '../model/visit';
import { intentOf } from '../store/person-store';
import { type KeepingCalls, withToken } from '../transport/calls';
import type { Addition, AdditionGestures, Additions, Outcome, ParkReason } from './contract';
import { type Desk, parkReason } from './desk';
import type { AtDesk } from './gestures';
import { done, refused } from './writing';

const askEveryMs = 10 * 60_000;
const mostPages = 20;
const reasonCharacters = 200;
const intentKind = 2;

// As JSON in the person's store.
interface StoredAddition {
  readonly id: string;
  readonly facet: string;
  readonly author: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: ParkReason;
  readonly mayTakeIn: boolean;
}
interface StoredList {
  readonly atMs: number;
  readonly items: readonly StoredAddition[];
}

const pages: Readonly<Record<number, Addition['page']>> = {
  [facetClass.plan]: 'plan',
  [facetClass.sheet]: 'sheet',
  [facetClass.consensus]: 'consensus',
  [facetClass.feedback]: 'feedback',
  [facetClass.steps]: 'steps',
  [facetClass.answers]: 'answers',
};

const stored = (group: KeptGroup): StoredAddition => ({
  id: String(group.seq),
  facet: hex(group.facet),
  author: hex(group.author),
  fromMs: Number(group.earliestMs),
  toMs: Number(group.latestMs),
  reason: parkReason(group.reason),
  mayTakeIn: group.releasable,
});

const listOf = (desk: Desk): StoredList | undefined => desk.store.local<StoredList>('additions');
const asideName = (id: string) => `addition/${id}`;
const askedName = (id: string) => `addition-asked/${id}`;

// Taking in what this person has asked for and the server has not answered.
function askedFor(desk: Desk, { id, facet }: StoredAddition): boolean {
  return desk.groupsOn(facet.slice(0, 32)).some(({ kind, body, row }) => {
    if (kind !== intentKind || row.result !== undefined) return false;
    const { what } = intentOf(body);
    return what.case === 'release' && String(what.value.seq) === id;
  });
}

export function additionsPage(desk: Desk): Additions {
  const list = listOf(desk);
  const items = (list?.items ?? []).map((item): Addition => {
    const visitId = item.facet.slice(0, 32);
    const visit = desk.visit(visitId);
    return {
      id: item.id,
      visitId,
      title: [desk.directory.nameOf(visit.teacher), visit.plan.classCode ?? '']
        .filter((part) => part !== '')
        .join(' · '),
      author: desk.directory.nameOf(item.author),
      page: pages[classOfLetters(item.facet)] ?? 'other',
      fromMs: item.fromMs,
      toMs: item.toMs,
      reason: item.reason,
      mayTakeIn: item.mayTakeIn,
      asked: askedFor(desk, item),
      leftBecause: desk.store.local<string>(asideName(item.id)) ?? null,
    };
  });
  const rank = ({ leftBecause }: Addition) => (leftBecause === null ? 0 : 1);
  return { items: items.sort((a, b) => rank(a) - rank(b)), asOfMs: list?.atMs ?? null };
}

// How many wait for this person to decide.
export const additionsWaiting = (desk: Desk): number =>
  additionsPage(desk).items.filter((item) => item.leftBecause === null && !item.asked).length;

export class AdditionsKeeper implements AdditionGestures {
  readonly #at: () => AtDesk | null;
  readonly #calls: KeepingCalls;

  constructor(at: () => AtDesk | null, calls: KeepingCalls) {
    this.#at = at;
    this.#calls = calls;
  }

  // After a meeting: asks now and then, and at once where it brought something (work that was kept
  // aside follows the visit to whoever leads it) or while something was asked for.
  async met(broughtAny: boolean): Promise<void> {
    const desk = this.#at()?.desk;
    if (desk === undefined) return;
    const isLate = desk.nowMs() - (listOf(desk)?.atMs ?? 0) >= askEveryMs;
    const isAwaited = desk.store.localNames(askedName('')).length > 0;
    if (broughtAny || isLate || isAwaited) await this.lookForAdditions();
  }

  readonly lookForAdditions = async (): Promise<Outcome> => {
    const here = this.#at();
    if (here === null) return refused('notAllowed');
    const { desk, writing } = here;
    const items: StoredAddition[] = [];
    try {
      const options = withToken(desk.store.outbox.row.token);
      for (let pageToken = '', page = 0; page < mostPages; ++page) {
        const reply = await this.#calls.kept({ pageToken }, options);
        items.push(...reply.groups.map(stored));
        pageToken = reply.nextPageToken;
        if (pageToken === '') break;
      }
    } catch {
      // The last list stands, with its time.
      return done;
    }
    if (this.#at()?.desk !== desk) return done;
    const answered: Record<string, undefined> = {};
    for (const name of desk.store.localNames(askedName(''))) {
      const item = items.find(({ id }) => askedName(id) === name);
      if (item === undefined || !askedFor(desk, item)) answered[name] = undefined;
    }
    const list: StoredList = { atMs: desk.nowMs(), items };
    return writing.note({ ...answered, additions: list });
  };

  readonly takeIn = (additionId: string): Promise<Outcome> => {
    const here = this.#at();
    const item =
      here === null ? undefined : listOf(here.desk)?.items.find(({ id }) => id === additionId);
    if (here === null || item === undefined || !item.mayTakeIn || askedFor(here.desk, item))
      return Promise.resolve(refused('notAllowed'));
    const intent = create(IntentSchema, {
      what: { case: 'release', value: { seq: BigInt(item.id) } },
    });
    const plan = here.desk.visit(item.facet.slice(0, 32)).facet(facetClass.plan);
    return here.writing.intend(plan, intent, { [askedName(item.id)]: true });
  };

  readonly leaveAside = (additionId: string, reason: string): Promise<Outcome> => {
    const here = this.#at();
    if (here === null) return Promise.resolve(refused('notAllowed'));
    if ([...reason].length > reasonCharacters) return Promise.resolve(refused('tooLong'));
    return here.writing.note({ [asideName(additionId)]: reason === '' ? undefined : reason });
  };
}
