// What is typed reaches the disk in order, and the last word on each field always does.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TypedField, Typing } from './typing';

describe('Typing', () => {
  it('writes the newest text and skips what was typed over meanwhile', async () => {
    const typing = new Typing();
    const written: string[] = [];
    const gates: (() => void)[] = [];
    const save = (text: string) => () =>
      new Promise<void>((resolve) => {
        gates.push(() => {
          written.push(text);
          resolve();
        });
      });
    for (const text of ['a', 'ab', 'abc']) typing.text(save(text));
    gates.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
    gates.shift()?.();
    await Promise.resolve();
    expect(written).toEqual(['a', 'abc']);
  });

  it('never loses the end of one field to the beginning of the next', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 5 }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
        async (fields, delays) => {
          const typing = new Typing();
          const disk = new Map<number, string>();
          const ended: Promise<void>[] = [];
          for (const [field, texts] of fields.entries()) {
            const write = (text: string) => async () => {
              for (let wait = delays.next().value ?? 0; wait > 0; wait -= 1)
                await Promise.resolve();
              disk.set(field, text);
            };
            for (const text of texts) {
              typing.text(write(text));
              for (let wait = delays.next().value ?? 0; wait > 0; wait -= 1)
                await Promise.resolve();
            }
            const last = texts.at(-1) ?? '';
            ended.push(
              new Promise((resolve) => {
                typing.finish(async () => {
                  await write(last)();
                  resolve();
                });
              }),
            );
          }
          await Promise.all(ended);
          expect([...disk.entries()]).toEqual(fields.map((texts, field) => [field, texts.at(-1)]));
        },
      ),
    );
  });
});

describe('A field that a note is put to', () => {
  it('keeps the end of what was typed, and takes notes one after the other', async () => {
    const field = new TypedField();
    let disk = '';
    const gates: (() => void)[] = [];
    const save = (text: string) =>
      new Promise<void>((resolve) => {
        gates.push(() => {
          disk = text;
          resolve();
        });
      });
    // The first write is under way, and the disk has none of it, when the note comes.
    for (const text of ['a', 'ab', 'abc']) field.typed(text, () => save(text));
    field.append('one', () => disk, save);
    field.append('two', () => disk, save);
    for (let turn = 0; turn < 10; turn += 1) {
      gates.shift()?.();
      await Promise.resolve();
      await Promise.resolve();
    }
    expect(disk).toBe('abc\none\ntwo');
    // Changed elsewhere since.
    disk = 'other words';
    field.append('three', () => disk, save);
    gates.shift()?.();
    expect(disk).toBe('other words\nthree');
  });
});
