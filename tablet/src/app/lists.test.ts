// Shows that a person who comes back sees their Today at once, and never one of another state of their
// store.
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { coreSha256 } from '#core/pin';
import { PlanSchema, SheetSchema, VisitKind } from '#proto/observation_pb';
import { type Bytes, Core } from '../../core/core';
import { facetId, hex } from '../model/bytes';
import { Changes } from '../model/gesture';
import { facetClass } from '../model/visit';
import { newDatabaseName, PersonDatabase } from '../store/database';
import { PersonStore } from '../store/person-store';
import { Desk } from './desk';
import { Lists } from './lists';

const wasm = new Uint8Array(
  readFileSync(new URL('../../.generated/core/core.wasm', import.meta.url)),
);
const core = await Core.load(wasm, coreSha256);
const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
  'encrypt',
  'decrypt',
]);
const me: Bytes = new Uint8Array(16).fill(7);
const record: Bytes = new Uint8Array(16).fill(9);
const morning = Date.UTC(2026, 10, 24, 8, 0);
const dayMs = 86_400_000;
const nowhere = () => ({ serverPoint: new Uint8Array(0), device: new Uint8Array(16) });

describe('Today as it was kept', () => {
  let store: PersonStore;
  let name: string;
  let nowMs = morning;
  const lists = () => new Lists(new Desk(store, hex(me), () => nowMs));
  const open = async () => {
    store = await PersonStore.open(core, new PersonDatabase(name), key, nowhere);
  };
  const write = (of: number, changes: Changes) =>
    store.write(
      [{ facet: facetId(record, of, of === 1 ? undefined : me), changes: changes.list() }],
      {
        wallMs: nowMs,
        monoMs: 5,
        boot: 1n,
      },
    );

  beforeEach(async () => {
    name = newDatabaseName();
    nowMs = morning;
    await open();
    await store.changeOutbox(({ row }) => {
      row.person = me;
      row.replica = 77n;
    });
    const plan = new Changes(PlanSchema)
      .set('kind', VisitKind.DEPT)
      .set('teacher', new Uint8Array(16).fill(8))
      .set('lead', me)
      .set('lessonStartMs', morning + 3_600_000)
      .entry('observers', me);
    await write(facetClass.plan, plan);
  });

  test('is the same after the tablet was switched off', async () => {
    expect(lists().keptToday()).toBeNull();
    const made = lists().today();
    expect(made.plan).toHaveLength(1);
    await lists().keepToday();
    store.close();
    await open();
    expect(lists().keptToday()).toEqual(made);
  });

  test('is not shown once anything was written or came since', async () => {
    await lists().keepToday();
    await write(facetClass.sheet, new Changes(SheetSchema).entry('notes', me, { text: 'Quiet.' }));
    expect(lists().keptToday()).toBeNull();
    await lists().keepToday();
    await store.changeBase(({ row }) => {
      row.cursor = new Uint8Array(4).fill(1);
    });
    expect(lists().keptToday()).toBeNull();
  });

  test('plans nothing for a day that is over', async () => {
    await lists().keepToday();
    nowMs = morning + dayMs;
    expect(lists().keptToday()?.plan).toEqual([]);
  });
});
