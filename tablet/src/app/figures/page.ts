// A page of figures as a store: what the answers to its questions come to. They are asked for as long
// as somebody looks, and not before.
import type { DescMessage } from '@bufbuild/protobuf';
import type { Answered, FigureAnswer, Freshness, Loaded } from '../contract';
import type { Desk } from '../desk';
import { Derived } from '../observable';
import type { Asking, Question } from './asking';

// What a page needs: its questions, and what they come to.
export interface Plan<T> {
  readonly questions: readonly Question<DescMessage>[];
  // What the page shows beside them, and can do without.
  readonly beside?: readonly Question<DescMessage>[];
  // Null while an answer that it cannot do without has not come.
  readonly make: () => T | null;
}

// The least reliable first.
const worst: readonly Freshness[] = [
  'failed',
  'signInEnded',
  'offline',
  'busy',
  'asking',
  'current',
];

export class FigurePage<T> implements Answered<T> {
  readonly #desk: () => Desk | null;
  readonly #asking: Asking;
  readonly #plan: (desk: Desk) => Plan<T> | null;
  readonly #value: Derived<Loaded<FigureAnswer<T>>>;
  readonly #watched = new Map<string, () => void>();
  #lookers = 0;

  // `plan` gives null for what no role of the person opens: then nothing is asked.
  constructor(desk: () => Desk | null, asking: Asking, plan: (desk: Desk) => Plan<T> | null) {
    this.#desk = desk;
    this.#asking = asking;
    this.#plan = plan;
    this.#value = new Derived(() => this.#make());
  }

  readonly get = (): Loaded<FigureAnswer<T>> => this.#value.get();

  readonly subscribe = (changed: () => void): (() => void) => {
    const end = this.#value.subscribe(changed);
    this.#lookers += 1;
    this.#watch();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      end();
      this.#lookers -= 1;
      this.#watch();
    };
  };

  // Something that it is made of may have changed.
  invalidate() {
    if (this.#lookers > 0) this.#watch();
    this.#value.invalidate();
  }

  #watch() {
    const desk = this.#lookers > 0 ? this.#desk() : null;
    const plan = desk === null ? null : this.#plan(desk);
    const questions = [...(plan?.questions ?? []), ...(plan?.beside ?? [])];
    const wanted = new Set(questions.map(({ key }) => key));
    for (const [key, end] of this.#watched) {
      if (wanted.has(key)) continue;
      end();
      this.#watched.delete(key);
    }
    for (const question of questions) {
      if (!this.#watched.has(question.key)) {
        this.#watched.set(question.key, this.#asking.watch(question));
      }
    }
  }

  #make(): Loaded<FigureAnswer<T>> {
    const desk = this.#desk();
    if (desk === null) return { kind: 'loading' };
    try {
      const plan = this.#plan(desk);
      if (plan === null) return { kind: 'nothing' };
      const known = plan.questions.map((question) => this.#asking.known(question));
      if (known.length > 0 && known.every(({ isGone }) => isGone)) return { kind: 'nothing' };
      const freshness = worst.find((one) => known.some((k) => k.freshness === one)) ?? 'current';
      const value = plan.make();
      if (value === null) {
        return freshness === 'asking' || freshness === 'current'
          ? { kind: 'loading' }
          : { kind: 'failed', code: freshness };
      }
      const times = known.filter(({ isGone }) => !isGone);
      const before = times.map(({ beforeMs }) => beforeMs).filter((ms) => ms > 0);
      return {
        kind: 'ready',
        value: {
          value,
          freshness,
          atMs: Math.min(...times.map(({ atMs }) => atMs)),
          lastViewMs: before.length === 0 ? null : Math.min(...before),
        },
      };
    } catch (error) {
      return { kind: 'failed', code: error instanceof Error ? error.name : 'unknown' };
    }
  }
}
