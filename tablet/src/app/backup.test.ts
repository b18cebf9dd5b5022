// Shows that a backup file comes back as it was saved, and that no other file is taken for one.
import { describe, expect, it } from 'vitest';
import { type BackupFile, packBackup, readBackup } from './backup';

const file: BackupFile = {
  school: 'riverside',
  device: Uint8Array.from({ length: 16 }, (_, i) => i),
  stores: [
    {
      store: {
        id: 'store',
        replica: 0xfedcba9876543210n,
        epoch: 3,
        firstN: 4n,
        firstPlace: 1,
        hashBefore: new Uint8Array(16).fill(7),
        lastN: 5n,
        lastHash: new Uint8Array(16).fill(8),
        rehomes: [{ oldReplica: 1n, acked: 0n, newReplica: 0xfedcba9876543210n }],
      },
      groups: [
        { place: 1, sealed: new Uint8Array(90).fill(1) },
        { place: 2, sealed: new Uint8Array(91).fill(2) },
      ],
    },
  ],
};

describe('A sealed backup file', () => {
  it('C19: comes back as it was saved', async () => {
    expect(await readBackup(await packBackup(file), 'riverside')).toEqual(file);
  });

  it('is known as cut short, wherever it was cut, and as bent, wherever it was bent', async () => {
    const bytes = await packBackup(file);
    for (let size = 40; size < bytes.length - 1; size += 1) {
      expect(await readBackup(bytes.subarray(0, size), 'riverside'), `${size}`).toBe(
        'fileNotWhole',
      );
    }
    for (let at = 40; at < bytes.length - 1; at += 7) {
      const bent = bytes.slice();
      bent[at] = (bent[at] ?? 0) ^ 1;
      expect(await readBackup(bent, 'riverside'), `${at}`).toBe('fileNotWhole');
    }
  });

  it('of another school stays with that school', async () => {
    expect(await readBackup(await packBackup(file), 'northgate')).toBe('fileOtherSchool');
  });

  it('is no other file', async () => {
    const words = (text: string) => new TextEncoder().encode(text);
    for (const text of ['', '{}', '{"format":"halfterm sealed backup 2"}', 'PK\u0003\u0004']) {
      expect(await readBackup(words(text), 'riverside'), text).toBe('fileNotOurs');
    }
  });

  it('that holds nothing says so', async () => {
    const empty = await packBackup({ ...file, stores: [] });
    expect(await readBackup(empty, 'riverside')).toBe('fileEmpty');
  });
});
