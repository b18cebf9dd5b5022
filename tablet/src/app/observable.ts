// Values that change, for the views (contract.ts, Store).
import type { Store } from './contract';

// Equal in everything that a screen could show.
function alike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => alike(Reflect.get(a, key), Reflect.get(b, key)));
}

class Listeners {
  readonly #listeners = new Set<() => void>();
  readonly subscribe = (changed: () => void) => {
    this.#listeners.add(changed);
    return () => {
      this.#listeners.delete(changed);
    };
  };
  notify() {
    for (const changed of [...this.#listeners]) changed();
  }
}

export class Value<T> implements Store<T> {
  #value: T;
  readonly #listeners = new Listeners();
  readonly get = () => this.#value;
  readonly subscribe = this.#listeners.subscribe;

  constructor(value: T) {
    this.#value = value;
  }

  set(value: T) {
    if (alike(value, this.#value)) return;
    this.#value = value;
    this.#listeners.notify();
  }

  change(part: Partial<T>) {
    this.set({ ...this.#value, ...part });
  }
}

// Made of something else when it is asked for, and again after invalidate(). The object stays the same
// while nothing in it has changed.
export class Derived<T> implements Store<T> {
  readonly #make: () => T;
  #made: { readonly value: T } | null = null;
  #stale = true;
  readonly #listeners = new Listeners();
  readonly subscribe = this.#listeners.subscribe;

  constructor(make: () => T) {
    this.#make = make;
  }

  readonly get = (): T => {
    if (this.#made === null || this.#stale) {
      const value = this.#make();
      if (this.#made === null || !alike(value, this.#made.value)) this.#made = { value };
      this.#stale = false;
    }
    return this.#made.value;
  };

  invalidate() {
    this.#stale = true;
    this.#listeners.notify();
  }
}
