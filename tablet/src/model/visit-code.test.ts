// Shows that the code of a visit comes back as it was written, and that nothing else is taken for one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readVisitCode, writeVisitCode } from './visit-code';

const seed = Number(process.env.HALFTERM_SEED ?? Date.now() % 2 ** 31);
const id = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const short = fc.string({ maxLength: 8 });
const visits = fc.record({
  visitId: id,
  teacher: id,
  lead: id,
  code: fc.stringMatching(/^[A-Z2-9]{10}$/),
  kind: fc.integer({ min: 1, max: 12 }),
  lessonMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  minutes: fc.integer({ min: 0, max: 600 }),
  classCode: short,
  room: short,
});

describe('the code of a visit', () => {
  test('says what it was made of, in letters that may stand in an address', () => {
    fc.assert(
      fc.property(visits, (visit) => {
        const text = writeVisitCode(visit);
        expect(text).toMatch(/^[\w-]+$/);
        expect(text.length).toBeLessThan(200);
        expect(readVisitCode(text)).toEqual(visit);
      }),
      { seed },
    );
  });

  test('is not read from less of it, nor from anything else', () => {
    fc.assert(
      fc.property(visits, fc.nat(90), (visit, size) => {
        const text = writeVisitCode({ ...visit, classCode: '9M2', room: '' });
        expect(readVisitCode(text.slice(0, Math.min(size, text.length - 4)))).toBeNull();
      }),
      { seed },
    );
    for (const text of ['', 'ABCDE-FGHJK', '####', 'AAAA'.repeat(40)])
      expect(readVisitCode(text)).toBeNull();
  });
});
