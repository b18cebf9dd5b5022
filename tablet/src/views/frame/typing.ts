// Saves a field while somebody types in it: one write is under way at most, and the newest text goes
// next. A fast typist is thus never more than two writes ahead of the disk, however slow it is.

import { type RefObject, useRef } from 'react';

type Save = () => Promise<unknown>;

export class Typing {
  #busy = false;
  // What goes next, in order; only the last may still be replaced by newer text.
  readonly #onBusy: (busy: boolean) => void;
  #waiting: { readonly save: Save; readonly isText: boolean }[] = [];

  // `onBusy`: whether anything that was typed is not on disk yet.
  constructor(onBusy: (busy: boolean) => void = () => {}) {
    this.#onBusy = onBusy;
  }

  // The text as it is now: replaces a text that has not been written yet.
  text(save: Save): void {
    this.#put(save, true);
  }

  // The last word on a field. Nothing that is typed afterwards replaces it.
  finish(save: Save): void {
    this.#put(save, false);
  }

  #put(save: Save, isText: boolean) {
    if (this.#waiting.at(-1)?.isText) this.#waiting.pop();
    this.#waiting.push({ save, isText });
    if (!this.#busy) void this.#work();
  }

  async #work() {
    this.#busy = true;
    this.#onBusy(true);
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) await next.save();
    } finally {
      this.#busy = false;
      this.#onBusy(false);
    }
  }
}

// A field that is written from elsewhere too: what is put to its text comes after what was typed, and
// takes nothing of it away.
export class TypedField {
  readonly typing = new Typing((busy) => {
    if (!busy) this.#newest = null;
  });
  // Newer than what is on disk.
  #newest: string | null = null;

  typed(text: string, save: Save): void {
    this.#newest = text;
    this.typing.text(save);
  }

  // `onDisk`: what the field holds when its turn has come.
  append(text: string, onDisk: () => string, save: (all: string) => Promise<unknown>): void {
    this.typing.finish(() => {
      const before = (this.#newest ?? onDisk()).trimEnd();
      this.#newest = before === '' ? text : `${before}\n${text}`;
      return save(this.#newest);
    });
  }
}

// `field` carries data-saving while what was typed in it is not on disk.
export function useTyping(field?: RefObject<HTMLElement | null>): Typing {
  const typing = useRef<Typing | null>(null);
  typing.current ??= new Typing((busy) => field?.current?.toggleAttribute('data-saving', busy));
  return typing.current;
}
