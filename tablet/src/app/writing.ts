// How a gesture becomes a change on disk, with what takes it back; and how its failures are told.
import type { Intent } from '#proto/sync_pb';
import { hex, unhex } from '../model/bytes';
import type { Changes } from '../model/gesture';
import { NotTheWriter } from '../store/database';
import { OutboxBroken, type TabletMoment } from '../store/outbox';
import { type FacetChange, TooLarge } from '../store/person-store';
import type { Outcome, Problem, UndoWords } from './contract';
import type { Desk } from './desk';

export const undoSteps = 50;

export const done: Outcome = { ok: true, value: null };
export const refused = (reason: Extract<Problem, { kind: 'refused' }>['reason']) =>
  ({ ok: false, problem: { kind: 'refused', reason } }) as const;

// What a gesture wrote over, as letters: written again, it takes the gesture back.
interface UndoStep {
  readonly words: UndoWords;
  readonly back: readonly {
    readonly facet: string;
    readonly changes: readonly { readonly path: string; readonly value: string | null }[];
  }[];
}

export interface Written {
  // A facet's view message and its letters; the changes are of that message.
  readonly facet: string;
  readonly changes: Changes;
}

export class Writing {
  readonly #desk: Desk;
  readonly #now: () => TabletMoment;
  readonly #mayWrite: () => boolean;

  constructor(desk: Desk, now: () => TabletMoment, mayWrite: () => boolean) {
    this.#desk = desk;
    this.#now = now;
    this.#mayWrite = mayWrite;
  }

  now(): TabletMoment {
    return this.#now();
  }

  // Writes a gesture, and remembers how to take it back. `words` null: undo passes over it.
  async write(
    visitId: string,
    words: UndoWords | null,
    written: readonly Written[],
    local: Readonly<Record<string, unknown>> = {},
  ): Promise<Outcome> {
    const changes: FacetChange[] = written.map(({ facet, changes: list }) => ({
      facet: unhex(facet),
      changes: list.list(),
    }));
    const noted: Record<string, unknown> = { ...local };
    if (words !== null) {
      const name = `undo/${visitId}`;
      const step: UndoStep = { words, back: changes.map((change) => this.#before(change)) };
      noted[name] = [...(this.#desk.store.local<UndoStep[]>(name) ?? []), step].slice(-undoSteps);
    }
    return this.attempt(() => this.#desk.store.write(changes, this.#now(), noted));
  }

  async undo(visitId: string): Promise<Outcome> {
    const name = `undo/${visitId}`;
    const steps = this.#desk.store.local<UndoStep[]>(name) ?? [];
    const last = steps.at(-1);
    if (last === undefined) return done;
    const changes: FacetChange[] = last.back.map(({ facet, changes: list }) => ({
      facet: unhex(facet),
      changes: list.map(({ path, value }) => ({
        path: unhex(path),
        value: value === null ? null : unhex(value),
      })),
    }));
    const left = steps.slice(0, -1);
    return this.attempt(() => this.#desk.store.write(changes, this.#now(), { [name]: left }));
  }

  intend(
    facet: string,
    intent: Intent,
    local: Readonly<Record<string, unknown>> = {},
  ): Promise<Outcome> {
    return this.attempt(() => this.#desk.store.intend(unhex(facet), intent, this.#now(), local));
  }

  note(local: Readonly<Record<string, unknown>>): Promise<Outcome> {
    return this.attempt(() => this.#desk.store.setLocal(local));
  }

  async attempt(work: () => Promise<void>): Promise<Outcome> {
    if (!this.#mayWrite()) return { ok: false, problem: { kind: 'readOnly' } };
    try {
      await work();
      return done;
    } catch (error) {
      return { ok: false, problem: problemOf(error) };
    }
  }

  #before({ facet, changes }: FacetChange): UndoStep['back'][number] {
    const cells = this.#desk.store.core.readCells(this.#desk.store.shown(hex(facet)));
    const held = new Map(cells.map((cell) => [hex(cell.path), cell.siblings[0]]));
    return {
      facet: hex(facet),
      changes: changes.map(({ path }) => {
        const letters = hex(path);
        const before = held.get(letters);
        return { path: letters, value: before === undefined ? null : hex(before.value) };
      }),
    };
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof NotTheWriter) return { kind: 'readOnly' };
  if (error instanceof TooLarge) return { kind: 'refused', reason: 'tooLong' };
  if (error instanceof OutboxBroken) return { kind: 'other', words: error.message };
  return { kind: 'disk' };
}
