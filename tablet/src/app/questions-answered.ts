// A person's answer to a question, and taking it back.
import type { TabletOpenRow } from '#disk/tablet_pb';
import { noBytes, unhex } from '../model/bytes';
import { entryPath } from '../model/gesture';
import { pathKind } from '../model/schema';
import { encodeText, encodeUnsigned } from '../model/value';
import type { Answer, Outcome } from './contract';
import type { AtDesk } from './gestures';
import { type Asked, questionsOf, siblingKey, valuesKey } from './questions';
import { done, refused } from './writing';

interface Taken {
  readonly facet: string;
  readonly before: TabletOpenRow | null;
  readonly after: TabletOpenRow | null;
  // What was put aside instead.
  readonly aside: string | null;
}

export class Answers {
  readonly #at: () => AtDesk | null;
  #last: Taken | null = null;

  constructor(at: () => AtDesk | null) {
    this.#at = at;
  }

  async choose(questionId: string, answer: Answer): Promise<Outcome> {
    const here = this.#at();
    const asked = here === null ? undefined : this.#find(here, questionId);
    if (here === null || asked === undefined) return refused('notAllowed');
    const { desk, writing } = here;
    if (answer.kind === 'keepAll') {
      const aside = { ...(desk.store.local<Record<string, string>>('aside') ?? {}) };
      aside[questionId] = valuesKey(asked.disputed);
      this.#last = { facet: asked.facet, before: null, after: null, aside: questionId };
      return writing.note({ aside });
    }
    const changes = changesOf(asked, answer);
    if (changes === null) return refused('notAllowed');
    const before = desk.store.outbox.open.get(asked.facet) ?? null;
    const outcome = await writing.attempt(() =>
      desk.store.write([{ facet: unhex(asked.facet), changes }], writing.now()),
    );
    if (outcome.ok) {
      const after = desk.store.outbox.open.get(asked.facet) ?? null;
      this.#last = { facet: asked.facet, before, after, aside: null };
    }
    return outcome;
  }

  // Both values are there again. Once the choice was offered to the network it stands: a write that
  // others may have seen is replaced by another, and never undone.
  async undo(): Promise<Outcome> {
    const here = this.#at();
    const last = this.#last;
    if (here === null || last === null) return done;
    this.#last = null;
    const { desk, writing } = here;
    if (last.aside !== null) {
      const aside = { ...(desk.store.local<Record<string, string>>('aside') ?? {}) };
      delete aside[last.aside];
      return writing.note({ aside });
    }
    if (last.after === null) return done;
    const took = await desk.store.takeBack(last.facet, last.before, last.after);
    return took ? done : refused('closed');
  }

  #find({ desk }: AtDesk, questionId: string): Asked | undefined {
    const visit = desk.visit(questionId.slice(0, 32));
    return questionsOf(desk, visit).find((asked) => asked.id === questionId);
  }
}

function changesOf({ disputed }: Asked, answer: Answer) {
  const { path, list, key } = disputed;
  const presence =
    list === null || key === null || list.once
      ? []
      : [{ path: entryPath(list.number, key, 0, pathKind.elem), value: noBytes }];
  switch (answer.kind) {
    case 'keep': {
      const kept = disputed.values.find((value) => siblingKey(value) === answer.key);
      return kept === undefined ? null : [{ path, value: kept.value }, ...presence];
    }
    case 'level':
      return [{ path, value: encodeUnsigned(answer.level) }, ...presence];
    case 'text':
      return [{ path, value: encodeText(answer.text) }, ...presence];
    case 'remove':
      if (list === null || key === null) return [{ path, value: noBytes }];
      return [{ path: entryPath(list.number, key, 0, pathKind.elem), value: null }];
    default:
      return null;
  }
}
