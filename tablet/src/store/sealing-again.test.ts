// Shows that what a restored server could not take back stays on the screen, is let go of by no rule, and
// goes to the server again as new work: what is still said, and no more.
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { coreSha256 } from '#core/pin';
import { SheetSchema } from '#proto/observation_pb';
import { Disposition, EpochSchema, PushReplySchema, PushResultSchema } from '#proto/sync_pb';
import { type Bytes, Core } from '../../core/core';
import { facetId, hex } from '../model/bytes';
import { Changes } from '../model/gesture';
import { facetClass } from '../model/visit';
import { newDatabaseName, PersonDatabase } from './database';
import { sharedSeqOf } from './epochs';
import { nextPush, stageNewName, stagePruning, takePush } from './outbox-meeting';
import { PersonStore } from './person-store';

const wasm = new Uint8Array(
  readFileSync(new URL('../../.generated/core/core.wasm', import.meta.url)),
);
const core = await Core.load(wasm, coreSha256);
const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
  'encrypt',
  'decrypt',
]);
const person: Bytes = new Uint8Array(16).fill(7);
const record: Bytes = new Uint8Array(16).fill(9);
const sheet = facetId(record, facetClass.sheet, person);
const note: Bytes = new Uint8Array(16).fill(3);
const now = { wallMs: 1_800_000_000_000, monoMs: 5, boot: 1n };
const nowhere = () => ({ serverPoint: new Uint8Array(0), device: new Uint8Array(16) });
const everything = (1n << 64n) - 1n;

class Tablet {
  readonly #name = newDatabaseName();
  store!: PersonStore;
  #seq = 0n;

  static async on(): Promise<Tablet> {
    const tablet = new Tablet();
    await tablet.open();
    await tablet.store.changeOutbox(({ row }) => {
      row.person = person;
      row.replica = 77n;
      row.session = new Uint8Array(16).fill(1);
      row.key = new Uint8Array(32).fill(2);
      row.token = 'a token';
      row.epoch = 1;
    });
    return tablet;
  }
  async open(): Promise<void> {
    this.store = await PersonStore.open(core, new PersonDatabase(this.#name), key, nowhere);
  }
  async offAndOn(): Promise<void> {
    this.store.close();
    await this.open();
  }

  write(change: (changes: Changes) => void): Promise<void> {
    const changes = new Changes(SheetSchema);
    change(changes);
    return this.store.write([{ facet: sheet, changes: changes.list() }], now);
  }
  rate(level: number): Promise<void> {
    return this.write((changes) => void changes.entry('ratings', 1, { level }));
  }

  // The server takes all that waits.
  async send(): Promise<void> {
    await this.store.seal();
    const { outbox } = this.store;
    const request = nextPush(outbox, 200, 1 << 20);
    const results = request.groups.map((_, i) => {
      this.#seq += 1n;
      return create(PushResultSchema, {
        n: request.firstN + BigInt(i),
        disposition: Disposition.COMMITTED,
        seq: this.#seq,
        epoch: 1,
        effMs: BigInt(now.wallMs),
      });
    });
    const reply = create(PushReplySchema, { results });
    await this.store.changeOutbox((staged) => takePush(outbox, staged, request, reply));
  }

  // As refilling.ts leaves a group that was answered UNPROVEN or PARTED.
  async lose(place: number): Promise<void> {
    await this.store.changeOutbox((staged) => {
      const row = this.store.outbox.groups.get(place)?.row;
      if (row === undefined) throw new Error('no such group');
      staged.groups.set(place, { ...row, unproven: true });
    });
  }

  // What the server hands out, of a number beyond all of this tablet's.
  async pull(facet: Bytes): Promise<void> {
    await this.store.changeBase((staged) => {
      const { facet: digest } = core.digests(sheet, facet);
      staged.row.seq = 900n;
      this.store.base.stageItem(staged, {
        $typeName: 'halfterm.v1.Item',
        seq: 900n,
        erased: false,
        period: 0,
        record,
        held: [
          {
            $typeName: 'halfterm.v1.Held',
            facet: sheet,
            seq: 900n,
            epoch: 2,
            digest,
            heldBy: [{ $typeName: 'halfterm.v1.ScopeId', type: 2, id: person }],
            state: facet,
            receipt: new Uint8Array(16),
          },
        ],
      });
    });
  }

  // The server's copy of the groups in those places.
  copyOf(...places: number[]): Bytes {
    const { outbox } = this.store;
    let facet: Bytes = Uint8Array.of(1, 0, 0, 0);
    for (const place of places) {
      const group = outbox.groups.get(place);
      if (group === undefined) throw new Error('no such group');
      facet = core.join(facet, outbox.own(group));
    }
    return facet;
  }

  get levels(): (number | undefined)[] {
    return this.store.view(SheetSchema, hex(sheet)).message.ratings.map((rating) => rating.level);
  }
  get notes(): (string | undefined)[] {
    return this.store.view(SheetSchema, hex(sheet)).message.notes.map(({ text }) => text);
  }
  get questions(): number {
    return this.store.view(SheetSchema, hex(sheet)).disputed.length;
  }
  get places(): number[] {
    return [...this.store.outbox.groups.keys()].sort((a, b) => a - b);
  }
}

const nothing: Bytes = Uint8Array.of(1, 0, 0, 0);

describe('a group that a restored server could not take back', () => {
  test('shows although the server’s copy is newer, and no rule lets go of it', async () => {
    const tablet = await Tablet.on();
    await tablet.rate(3);
    await tablet.send();
    await tablet.lose(1);
    await tablet.pull(nothing);
    expect(tablet.levels).toEqual([3]);
    await tablet.store.changeOutbox((staged) => {
      staged.row.keptBytes = 1n << 40n;
      stagePruning(tablet.store.outbox, staged, everything, () => everything);
    });
    expect(tablet.places).toEqual([1]);
    await tablet.offAndOn();
    expect(tablet.levels).toEqual([3]);
  });

  test('goes again as new work, once, and leaves with that', async () => {
    const tablet = await Tablet.on();
    await tablet.write((c) => void c.entry('notes', note, { text: 'Six hands up.' }));
    await tablet.rate(3);
    await tablet.send();
    await tablet.lose(1);
    await tablet.pull(nothing);
    expect(await tablet.store.sealAgain()).toBe(1);
    expect(await tablet.store.sealAgain()).toBe(0);
    expect(tablet.places).toEqual([2]);
    expect(tablet.store.outbox.unsent).toBe(1);
    await tablet.offAndOn();
    expect([tablet.levels, tablet.notes]).toEqual([[3], ['Six hands up.']]);
    // On a server that has never heard of the first, it says the same.
    await tablet.pull(tablet.copyOf(2));
    expect([tablet.levels, tablet.notes, tablet.questions]).toEqual([[3], ['Six hands up.'], 0]);
    await tablet.send();
    expect(tablet.store.outbox.unsent).toBe(0);
  });

  test('shows and goes again where a twin’s group stands under its name', async () => {
    const tablet = await Tablet.on();
    await tablet.rate(3);
    await tablet.send();
    const twin = await Tablet.on();
    await twin.rate(1);
    await twin.send();
    await tablet.lose(1);
    // As after every refill: this tablet goes on under another name.
    await tablet.store.changeOutbox((staged) =>
      stageNewName(tablet.store.outbox, staged, 78n, 0n, new Uint8Array(0)),
    );
    await tablet.pull(twin.copyOf(1));
    expect(await tablet.store.sealAgain()).toBe(1);
    // Neither has seen the other: its author is asked.
    expect(tablet.questions).toBe(1);
    await tablet.pull(core.join(twin.copyOf(1), tablet.copyOf(2)));
    expect(tablet.questions).toBe(1);
  });

  test('says nothing again that its author has replaced or removed since', async () => {
    const tablet = await Tablet.on();
    await tablet.write((c) => void c.entry('notes', note, { text: 'Six hands up.' }));
    await tablet.send();
    await tablet.rate(3);
    await tablet.send();
    await tablet.write((c) => void c.remove('notes', note));
    await tablet.rate(2);
    await tablet.send();
    await tablet.lose(1);
    await tablet.lose(2);
    await tablet.pull(tablet.copyOf(3));
    expect(await tablet.store.sealAgain()).toBe(0);
    expect(tablet.places).toEqual([3]);
    expect([tablet.levels, tablet.notes, tablet.questions]).toEqual([[2], [], 0]);
  });

  test('replaces what it replaced, and takes away what it took away', async () => {
    const tablet = await Tablet.on();
    await tablet.write((c) => void c.entry('notes', note, { text: 'Six hands up.' }));
    await tablet.rate(3);
    await tablet.send();
    await tablet.write((c) => void c.remove('notes', note));
    await tablet.rate(2);
    await tablet.send();
    await tablet.lose(2);
    await tablet.pull(tablet.copyOf(1));
    expect(await tablet.store.sealAgain()).toBe(1);
    expect([tablet.levels, tablet.notes, tablet.questions]).toEqual([[2], [], 0]);
    await tablet.pull(core.join(tablet.copyOf(1), tablet.copyOf(3)));
    expect([tablet.levels, tablet.notes, tablet.questions]).toEqual([[2], [], 0]);
  });

  test('is only let go of when the server has it after all', async () => {
    const tablet = await Tablet.on();
    await tablet.rate(3);
    await tablet.send();
    await tablet.lose(1);
    await tablet.pull(tablet.copyOf(1));
    expect(await tablet.store.sealAgain()).toBe(0);
    expect(tablet.places).toEqual([]);
    expect(tablet.levels).toEqual([3]);
  });
});

describe('what the server’s history contains of an epoch', () => {
  const epoch = (id: number, parent: number, branchSeq: bigint) =>
    create(EpochSchema, { id, parent, branchSeq });
  const shared = sharedSeqOf({ epoch: 9, epochs: [epoch(9, 4, 70n), epoch(4, 1, 200n)] });

  test('is all of the present one, and of an earlier one what every restore since had', () => {
    expect(shared(9)).toBe(everything);
    expect(shared(4)).toBe(70n);
    expect(shared(1)).toBe(70n);
    // Before epochs had numbers.
    expect(shared(0)).toBe(70n);
  });

  test('is nothing of one that it does not continue', () => {
    expect(shared(7)).toBe(0n);
    expect(shared(11)).toBe(0n);
  });

  test('keeps on the tablet what was counted beyond it', async () => {
    const tablet = await Tablet.on();
    await tablet.rate(3);
    await tablet.send();
    const prune = (least: bigint) =>
      tablet.store.changeOutbox((staged) =>
        stagePruning(tablet.store.outbox, staged, everything, () => least),
      );
    await prune(0n);
    expect(tablet.places).toEqual([1]);
    await prune(1n);
    expect(tablet.places).toEqual([]);
  });
});
