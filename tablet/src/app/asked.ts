// What is asked of the server while somebody looks, and kept for nobody: it goes with who asked.
import { isNotTheirs, troubleOf } from '../transport/calls';
import type { Loaded } from './contract';
import { Value } from './observable';

export class Asked<T> extends Value<Loaded<T>> {
  #asked = 0;

  constructor() {
    super({ kind: 'loading' });
  }

  // What is shown stays until the answer has come; the last question counts.
  async ask(call: () => Promise<T>): Promise<void> {
    this.#asked += 1;
    const number = this.#asked;
    const answer = await call().then(
      (value): Loaded<T> => ({ kind: 'ready', value }),
      (error: unknown): Loaded<T> =>
        isNotTheirs(error) ? { kind: 'nothing' } : { kind: 'failed', code: troubleOf(error) },
    );
    if (number === this.#asked) this.set(answer);
  }

  forget() {
    this.#asked += 1;
    this.set({ kind: 'loading' });
  }
}
