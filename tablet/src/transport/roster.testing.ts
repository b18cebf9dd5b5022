// Who works at the demonstration school, as its roster says. For tests alone.
import { readFileSync } from 'node:fs';
import { type Bytes, unhex } from '../model/bytes';
import type { Halftermd } from './halftermd.testing';

export const idOf = (text: string): Bytes => unhex(text.replaceAll('-', ''));

export class Roster {
  // Person, role, unit and what else its file has, a row each.
  readonly grants: readonly (readonly string[])[];
  // Staff who hold no role but that of teachers, in the roster's order.
  readonly teachers: readonly Bytes[];

  // The school was imported, so its files are there.
  constructor(server: Halftermd) {
    const rows = (name: string) =>
      readFileSync(`${server.roster}/${name}.csv`, 'utf8')
        .split(/\r?\n/)
        .map((line) => line.split(','));
    this.grants = rows('grants');
    const posts = new Set(this.grants.map(([person]) => person));
    this.teachers = rows('people')
      .filter(([id, , type]) => type === 'staff' && !posts.has(id))
      .map(([id]) => idOf(id ?? ''));
  }

  teacher(place = 0): Bytes {
    return this.#known(this.teachers[place]);
  }

  // The first who holds it.
  holder(role: string): Bytes {
    return this.#known(idOf(this.grants.find((row) => row[1] === role)?.[0] ?? ''));
  }

  #known(id: Bytes | undefined): Bytes {
    if (id?.length !== 16) throw new Error('the demonstration school has no such person');
    return id;
  }
}
