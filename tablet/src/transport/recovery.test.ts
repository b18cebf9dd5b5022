// Shows that tablets of the app, against the built server, bring back what a restored backup lacks: with
// no command, also when the calls break off, and that nothing is let go of before it is safe again.
import { join } from 'node:path';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VisitKind } from '#proto/observation_pb';
import { Disposition } from '#proto/sync_pb';
import { connect } from './calls';
import { Halftermd, isBuilt } from './halftermd.testing';
import type { RecoveryCalls } from './recovery';
import { Staff, type TestTablet } from './tablet.testing';

const server = new Halftermd();
const backups = join(server.folder, 'backups');
let staff: Staff;

const backUp = () => server.halfterm('backup', '--to', backups);
async function restore(generation: number): Promise<void> {
  await server.stop();
  const data = join(server.folder, 'data');
  const which = ['--to-generation', String(generation)];
  await server.halfterm('restore', '--data', data, '--from', backups, ...which);
  await server.start();
}
const generationOf = (said: string) => Number(/Generation (\d+)/.exec(said)?.[1] ?? 0);
const epochsOf = ({ store }: TestTablet) => [
  ...new Set([...store.outbox.groups.values()].map(({ row }) => row.result?.epoch)),
];

// Breaks off before the call of this number, from 0.
function breaking(calls: RecoveryCalls, at: number): RecoveryCalls {
  let made = 0;
  const next = () => {
    if (made++ === at) throw new ConnectError('cut off by the test', Code.Unavailable);
  };
  return {
    offer: async (request, options) => {
      next();
      return calls.offer(request, options);
    },
    refill: async (request, options) => {
      next();
      return calls.refill(request, options);
    },
  };
}

// Does something once the call of this number, from 0, was answered.
function after(calls: RecoveryCalls, at: number, then: () => Promise<void>): RecoveryCalls {
  let made = 0;
  const answered = async <T>(answer: T): Promise<T> => {
    if (made++ === at) await then();
    return answer;
  };
  return {
    offer: async (request, options) => answered(await calls.offer(request, options)),
    refill: async (request, options) => answered(await calls.refill(request, options)),
  };
}

const dispositionsOf = ({ store }: TestTablet) => [
  ...new Set([...store.outbox.groups.values()].map(({ row }) => row.result?.disposition)),
];

describe.runIf(isBuilt)('a tablet and a restored server', () => {
  beforeAll(async () => {
    await server.start();
    await server.importSchool();
    staff = new Staff(server);
  }, 120_000);
  afterAll(() => server.end());

  test('brings back what the backup lacks, then what was never sent', async () => {
    const tablet = await staff.tabletOf(staff.head);
    const record = await staff.newVisit(tablet, VisitKind.DEPT);
    await staff.note(tablet, record, 'Before.');
    await tablet.meet();
    const older = generationOf(await backUp());
    await backUp();
    await staff.note(tablet, record, 'After.');
    const later = await staff.newVisit(tablet, VisitKind.DEPT);
    await staff.note(tablet, later, 'Later.');
    await tablet.meet();
    await staff.note(tablet, record, 'Never sent.');

    await restore(older);
    const lacking = await staff.tabletOf(staff.head);
    expect(staff.notesOn(lacking, record)).toEqual(['Before.']);
    expect(staff.notesOn(lacking, later)).toEqual([]);
    const report = await tablet.meet();
    expect(report.confirmed).toBe(true);
    expect(report.sent).toBe(1);
    expect(tablet.store.outbox.row).toMatchObject({ epoch: report.hello.epoch, nextEpoch: 0 });
    for (const reader of [tablet, lacking, await staff.tabletOf(staff.head)]) {
      await reader.meet();
      expect(staff.notesOn(reader, record)).toEqual(['After.', 'Before.', 'Never sent.']);
      expect(staff.notesOn(reader, later)).toEqual(['Later.']);
    }
    expect(await server.halfterm('verify')).not.toContain('differs');
  }, 240_000);

  test('goes on where it was cut off, once, and keeps its groups until they are in new backups', async () => {
    const tablet = await staff.tabletOf(staff.head);
    const older = generationOf(await backUp());
    const record = await staff.newVisit(tablet, VisitKind.DEPT);
    for (const text of ['One.', 'Two.', 'Three.']) await staff.note(tablet, record, text);
    await tablet.meet();
    const kept = tablet.store.outbox.groups.size;
    expect(kept).toBeGreaterThan(0);
    await restore(older);
    const { recovery } = connect(server.url);
    for (let at = 0; at < 3; ++at) {
      await expect(tablet.meet({ recovery: breaking(recovery, at) })).rejects.toThrow('cut off');
      await tablet.offAndOn();
      expect(staff.notesOn(tablet, record)).toEqual(['One.', 'Three.', 'Two.']);
    }
    const { hello } = await tablet.meet();
    // One number of the new epoch each: none was taken twice.
    expect(epochsOf(tablet)).toEqual([hello.epoch]);
    expect(tablet.store.outbox.groups.size).toBe(kept);
    const reader = await staff.tabletOf(staff.head);
    expect(staff.notesOn(reader, record)).toEqual(['One.', 'Three.', 'Two.']);

    await backUp();
    await tablet.meet();
    expect(tablet.store.outbox.groups.size).toBe(kept);
    await backUp();
    await tablet.meet();
    expect(tablet.store.outbox.groups.size).toBe(0);
    expect(staff.notesOn(tablet, record)).toEqual(['One.', 'Three.', 'Two.']);
  }, 240_000);

  test('takes what is written while it refills as it takes everything else', async () => {
    const tablet = await staff.tabletOf(staff.head);
    const older = generationOf(await backUp());
    const record = await staff.newVisit(tablet, VisitKind.DEPT);
    await staff.rate(tablet, record, 1, 2);
    await tablet.meet();
    await restore(older);
    const writing = after(connect(server.url).recovery, 0, async () => {
      await staff.rate(tablet, record, 1, 3);
      await staff.note(tablet, record, 'Meanwhile.');
    });
    const told: { k: number; n: number }[] = [];
    await tablet.meet({ recovery: writing, onRefill: ({ k, n }) => told.push({ k, n }) });
    expect(told[0]?.k).toBe(0);
    expect(told.at(-1)).toEqual({ k: told[0]?.n, n: told[0]?.n });
    expect(tablet.store.outbox.unsent).toBe(0);
    // Its cells name what was acknowledged under the store's earlier name: that is no claim too much.
    expect(dispositionsOf(tablet)).toEqual([Disposition.COMMITTED]);
    const reader = await staff.tabletOf(staff.head);
    expect(staff.notesOn(reader, record)).toEqual(['Meanwhile.']);
    expect(staff.levelsOn(reader, record)).toEqual([[3]]);
  }, 240_000);

  test('hands back work whose answer was lost, after the next restore too', async () => {
    const tablet = await staff.tabletOf(staff.head);
    const older = generationOf(await backUp());
    const record = await staff.newVisit(tablet, VisitKind.DEPT);
    await staff.note(tablet, record, 'Held.');
    const { sync: calls } = connect(server.url);
    const unheard: typeof calls = {
      ...calls,
      push: async (request, options) => {
        await calls.push(request, options);
        throw new ConnectError('lost by the test', Code.Unavailable);
      },
    };
    await expect(tablet.meet({ calls: unheard })).rejects.toThrow('lost');
    const later = generationOf(await backUp());
    await restore(later);
    // Greets, and hears that the server holds it; the first pull breaks off.
    const unpulled: typeof calls = {
      ...calls,
      pull: () => {
        throw new ConnectError('cut off by the test', Code.Unavailable);
      },
    };
    await expect(tablet.meet({ calls: unpulled })).rejects.toThrow('cut off');
    await restore(older);
    await tablet.meet();
    const reader = await staff.tabletOf(staff.head);
    expect(staff.notesOn(reader, record)).toEqual(['Held.']);
    expect(dispositionsOf(tablet)).toEqual([Disposition.COMMITTED]);
  }, 240_000);

  test('refills again where the server is restored again before the second greeting', async () => {
    const tablet = await staff.tabletOf(staff.head);
    const older = generationOf(await backUp());
    const record = await staff.newVisit(tablet, VisitKind.DEPT);
    await staff.note(tablet, record, 'One.');
    await tablet.meet();
    await restore(older);
    // The call after the last facets brings the groups.
    const calls = connect(server.url).recovery;
    let isRestored = false;
    const again = {
      ...calls,
      refill: async (...[request, options]: Parameters<RecoveryCalls['refill']>) => {
        const reply = await calls.refill(request, options);
        if ((request.groups?.length ?? 0) > 0 && !isRestored) {
          isRestored = true;
          await restore(older);
        }
        return reply;
      },
    };
    const { hello, confirmed } = await tablet.meet({ recovery: again });
    expect([isRestored, confirmed]).toEqual([true, true]);
    expect(epochsOf(tablet)).toEqual([hello.epoch]);
    const reader = await staff.tabletOf(staff.head);
    expect(staff.notesOn(reader, record)).toEqual(['One.']);
  }, 240_000);
});
