// What the app is built from: nothing is installed that the lock file does not know by its hash.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  readonly integrity?: string;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

const fits = (named: readonly string[] | undefined, ...ours: readonly string[]) =>
  named === undefined || ours.some((one) => named.includes(one));
// Packages for other systems are named in the file and never fetched here.
const isForDebian = ({ os, cpu, libc }: Locked) =>
  fits(os, 'linux') && fits(cpu, 'x64', 'arm64') && fits(libc, 'glibc');

test('every package that Debian installs from the lock file is pinned by its SHA-512', () => {
  const lock = new URL('package-lock.json', import.meta.url);
  const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const installed = Object.entries(packages).filter(([at, one]) => at !== '' && isForDebian(one));
  expect(installed.length).toBeGreaterThan(400);
  const unpinned = installed.filter(
    ([, { integrity = '' }]) => !/^sha512-.{86}==$/.test(integrity),
  );
  expect(unpinned.map(([at]) => at)).toEqual([]);
});
