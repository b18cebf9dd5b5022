// Questions to the server's figures, and the last answer to each, kept in the person's encrypted store.
//
// A question is asked when a page that needs it opens, again when something new has come to this
// tablet, and again after the network was away; never in the background. So what was kept last is what
// the person saw last, and that is what "why did this change?" compares with.
import { type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire';
import {
  type FigureCalls,
  isNotTheirs,
  pushbackMs,
  troubleOf,
  withToken,
} from '../../transport/calls';
import type { Freshness } from '../contract';
import type { Desk } from '../desk';

export interface CallOptions {
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

export interface Question<D extends DescMessage> {
  // One a question: what is asked, and about whom.
  readonly key: string;
  // Whose figures they are, 32 letters: when no role of the person opens it any more, the answer goes.
  readonly area: string;
  readonly reply: D;
  readonly ask: (
    calls: FigureCalls,
    options: CallOptions,
    lastViewSeq: bigint,
  ) => Promise<MessageShape<D>>;
  // What the next request names as the last view; 0: the reply has no such number.
  readonly seq: (reply: MessageShape<D>) => bigint;
}

export interface Known<D extends DescMessage> {
  readonly reply: MessageShape<D> | null;
  // What the person saw the time before.
  readonly before: MessageShape<D> | null;
  readonly atMs: number;
  readonly beforeMs: number;
  readonly freshness: Freshness;
  // The server says that there is nothing for this person.
  readonly isGone: boolean;
}

// As JSON in the person's store.
interface KeptAnswer {
  readonly area: string;
  readonly atMs: number;
  readonly reply: string;
  readonly beforeMs: number;
  readonly before: string;
}

interface Held {
  readonly question: Question<DescMessage>;
  reply: MessageShape<DescMessage> | null;
  atMs: number;
  before: MessageShape<DescMessage> | null;
  beforeMs: number;
  freshness: Freshness;
  isGone: boolean;
  // The sequence number up to which this tablet's copy had come when it was asked.
  askedSeq: bigint;
  isAsking: boolean;
  again: boolean;
}

const nameOf = (key: string) => `answer/${key}`;
// So many answers are kept on a tablet; the oldest goes first.
const mostKept = 60;
// A page that was closed for so long has been seen; what changes after that is news.
const viewEndsMs = 10 * 60_000;
const atOnce = 3;

export class Asking {
  readonly #desk: () => Desk | null;
  readonly #calls: FigureCalls;
  readonly #nowMs: () => number;
  readonly #held = new Map<string, Held>();
  // How many look at each, by key; it outlives the person who is in.
  readonly #watchers = new Map<string, { readonly question: Question<DescMessage>; n: number }>();
  // The areas that a role opens; null: not told yet.
  #areas: ReadonlySet<string> | null = null;
  readonly #queue: Held[] = [];
  #running = 0;
  #of: Desk | null = null;
  #leaving = new AbortController();
  #retry: ReturnType<typeof setTimeout> | null = null;
  #seq = 0n;
  #contactMs = 0;
  changed: () => void = () => {};

  constructor(desk: () => Desk | null, calls: FigureCalls, nowMs: () => number) {
    this.#desk = desk;
    this.#calls = calls;
    this.#nowMs = nowMs;
  }

  known<D extends DescMessage>(question: Question<D>): Known<D> {
    const held = this.#holding(question);
    return {
      reply: held.reply as MessageShape<D> | null,
      before: held.before as MessageShape<D> | null,
      atMs: held.atMs,
      beforeMs: held.beforeMs,
      freshness: held.freshness,
      isGone: held.isGone,
    };
  }

  // From here until the returned function is called, the answer is kept up to date.
  watch(question: Question<DescMessage>): () => void {
    const watched = this.#watchers.get(question.key) ?? { question, n: 0 };
    watched.n += 1;
    this.#watchers.set(question.key, watched);
    if (watched.n === 1) this.#open(this.#holding(question));
    return () => {
      watched.n -= 1;
      if (watched.n === 0) this.#watchers.delete(question.key);
    };
  }

  #open(held: Held) {
    if (held.reply !== null && this.#nowMs() - held.atMs > viewEndsMs) {
      held.before = held.reply;
      held.beforeMs = held.atMs;
    }
    this.#ask(held);
  }

  #isWatched({ question }: Held): boolean {
    return this.#watchers.has(question.key);
  }

  // After each change on the tablet: somebody left, a meeting brought news, the server is back.
  look() {
    const desk = this.#desk();
    if (desk !== this.#of) this.#changeDesk(desk);
    if (desk === null) return;
    const { seq } = desk.store.base.row;
    const { lastContactMs } = desk.signed;
    const isNews = seq > this.#seq;
    const isBack = lastContactMs !== this.#contactMs;
    this.#seq = seq;
    this.#contactMs = lastContactMs;
    if (!isNews && !isBack) return;
    for (const held of this.#held.values()) {
      if (
        this.#isWatched(held) &&
        ((isNews && held.askedSeq < seq) || held.freshness !== 'current')
      ) {
        this.#ask(held);
      }
    }
  }

  askAgain() {
    for (const held of this.#held.values()) if (this.#isWatched(held)) this.#ask(held);
  }

  // Forgets every answer about something that no role of the person opens.
  async forgetBut(areas: ReadonlySet<string>): Promise<void> {
    this.#areas = areas;
    const desk = this.#desk();
    if (desk === null) return;
    const gone: Record<string, undefined> = {};
    for (const name of desk.store.localNames('answer/')) {
      const kept = desk.store.local<KeptAnswer>(name);
      if (kept !== undefined && !areas.has(kept.area)) gone[name] = undefined;
    }
    for (const held of this.#held.values()) {
      if (areas.has(held.question.area)) continue;
      this.#empty(held);
    }
    if (Object.keys(gone).length > 0) await desk.store.setLocal(gone).catch(() => {});
  }

  #changeDesk(desk: Desk | null) {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    this.#of = desk;
    this.#queue.length = 0;
    this.#running = 0;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#seq = desk?.store.base.row.seq ?? 0n;
    this.#contactMs = desk?.signed.lastContactMs ?? 0;
    this.#areas = null;
    // A screen that is still there shows the next person nothing of the last one.
    this.#held.clear();
    if (desk === null) return;
    for (const { question } of this.#watchers.values()) this.#open(this.#holding(question));
  }

  #holding(question: Question<DescMessage>): Held {
    const found = this.#held.get(question.key);
    if (found !== undefined) return found;
    const held: Held = {
      question,
      reply: null,
      atMs: 0,
      before: null,
      beforeMs: 0,
      freshness: 'asking',
      isGone: false,
      askedSeq: -1n,
      isAsking: false,
      again: false,
    };
    const kept = this.#desk()?.store.local<KeptAnswer>(nameOf(question.key));
    if (kept !== undefined) {
      try {
        held.reply = fromBinary(question.reply, base64Decode(kept.reply));
        held.atMs = kept.atMs;
        if (kept.before !== '') {
          held.before = fromBinary(question.reply, base64Decode(kept.before));
          held.beforeMs = kept.beforeMs;
        }
      } catch {
        // Of an app with other messages: it is asked again.
        this.#empty(held);
      }
    }
    this.#held.set(question.key, held);
    return held;
  }

  #empty(held: Held) {
    held.reply = null;
    held.before = null;
    held.atMs = 0;
    held.beforeMs = 0;
  }

  #ask(held: Held) {
    if (held.isAsking) {
      held.again = true;
      return;
    }
    if (!this.#queue.includes(held)) this.#queue.push(held);
    this.#next();
  }

  #next() {
    while (this.#running < atOnce) {
      const held = this.#queue.shift();
      if (held === undefined) return;
      if (this.#isWatched(held)) void this.#run(held);
    }
  }

  async #run(held: Held): Promise<void> {
    const desk = this.#desk();
    if (desk === null || desk !== this.#of) return;
    const { token, person } = desk.store.outbox.row;
    if (token === '' || person.length === 0) return;
    const leaving = this.#leaving;
    this.#running += 1;
    held.isAsking = true;
    held.again = false;
    held.askedSeq = desk.store.base.row.seq;
    try {
      const { question } = held;
      // The first view of all compares with its own first answer.
      const since = held.before ?? held.reply;
      const lastView = since === null ? 0n : question.seq(since);
      const options = { ...withToken(token), signal: leaving.signal };
      const reply = await question.ask(this.#calls, options, lastView);
      if (leaving.signal.aborted) return;
      // The role ended while the answer was under way.
      if (this.#areas !== null && !this.#areas.has(question.area)) return;
      if (held.before === null && held.reply !== null) {
        held.before = held.reply;
        held.beforeMs = held.atMs;
      }
      held.reply = reply;
      held.atMs = this.#nowMs();
      held.freshness = 'current';
      held.isGone = false;
      await this.#keep(desk, held);
    } catch (error) {
      if (leaving.signal.aborted) return;
      await this.#failed(desk, held, error);
    } finally {
      held.isAsking = false;
      if (!leaving.signal.aborted) {
        this.#running -= 1;
        if (held.again) this.#ask(held);
        this.#next();
        this.changed();
      }
    }
  }

  async #failed(desk: Desk, held: Held, error: unknown): Promise<void> {
    if (isNotTheirs(error)) {
      this.#empty(held);
      held.isGone = true;
      held.freshness = 'current';
      await desk.store.setLocal({ [nameOf(held.question.key)]: undefined }).catch(() => {});
      return;
    }
    const trouble = troubleOf(error);
    held.freshness = trouble === 'refused' || trouble === 'greetAgain' ? 'failed' : trouble;
    if (trouble !== 'busy' && trouble !== 'offline') return;
    // The network's way back is told by the next meeting; this is for the case that none is due.
    if (this.#retry !== null) return;
    this.#retry = setTimeout(
      () => {
        this.#retry = null;
        for (const one of this.#held.values()) {
          if (this.#isWatched(one) && one.freshness !== 'current') this.#ask(one);
        }
      },
      Math.max(15_000, pushbackMs(error)),
    );
  }

  async #keep(desk: Desk, held: Held): Promise<void> {
    if (held.reply === null) return;
    const { question } = held;
    const bytes = (message: MessageShape<DescMessage> | null) =>
      message === null ? '' : base64Encode(toBinary(question.reply, message));
    const kept: KeptAnswer = {
      area: question.area,
      atMs: held.atMs,
      reply: bytes(held.reply),
      beforeMs: held.beforeMs,
      before: bytes(held.before),
    };
    const changes: Record<string, unknown> = { [nameOf(question.key)]: kept };
    const others = desk.store
      .localNames('answer/')
      .filter((name) => name !== nameOf(question.key))
      .map((name) => ({ name, atMs: desk.store.local<KeptAnswer>(name)?.atMs ?? 0 }))
      .sort((a, b) => b.atMs - a.atMs);
    for (const { name } of others.slice(mostKept - 1)) changes[name] = undefined;
    // A tab that only reads, and a disk that is full, show the answer all the same.
    await desk.store.setLocal(changes).catch(() => {});
  }
}
