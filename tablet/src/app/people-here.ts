// The people who were added to this tablet, as its disk knows them.
import type { PersonRow, TabletDatabase } from '../store/database';

export class PeopleHere {
  readonly #database: TabletDatabase;
  #rows: PersonRow[] = [];

  constructor(database: TabletDatabase) {
    this.#database = database;
  }

  // Most recently used first.
  get all(): readonly PersonRow[] {
    return this.#rows;
  }

  find(id: string | undefined): PersonRow | undefined {
    return this.#rows.find((person) => person.id === id);
  }

  async read(): Promise<void> {
    const people = await this.#database.people.toArray();
    this.#rows = people.sort((a, b) => b.lastUsedMs - a.lastUsedMs);
  }

  // Somebody who is here already keeps everything but the name.
  async add(id: string, name: string, signInName: string, nowMs: number): Promise<void> {
    const known = this.find(id);
    if (known !== undefined) {
      await this.change(id, { name, signInName: signInName || known.signInName });
      return;
    }
    await this.#database.people.put({
      id,
      name,
      signInName,
      database: '',
      earlier: [],
      key: null,
      lastUsedMs: Math.floor(nowMs),
      pinTries: 0,
      waitUntilMs: 0,
      unsent: 0,
      oldestMs: 0,
      signInEnded: false,
      lastContactMs: 0,
    });
    await this.read();
  }

  async change(id: string, change: Partial<PersonRow>): Promise<void> {
    await this.#database.people.update(id, change);
    await this.read();
  }
}
