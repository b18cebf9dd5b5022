// The server's answers on a tablet: when they are asked for, how long they are kept, and that they go
// when somebody leaves or loses a role.
import { toBinary } from '@bufbuild/protobuf';
import { base64Encode } from '@bufbuild/protobuf/wire';
import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, test } from 'vitest';
import { CoverageReplySchema, CoverageState } from '#proto/summary_pb';
import { hex } from '../../model/bytes';
import type { FigureCalls } from '../../transport/calls';
import type { Desk } from '../desk';
import { Asking } from './asking';
import { coverage, dayMs, deskOf, maths, nowMs } from './figures.testing';
import { coverageQuestion } from './questions';

describe('Answers', () => {
  const question = coverageQuestion(hex(maths), hex(maths), 213, false);
  const calls = (answer: () => Promise<unknown>): FigureCalls =>
    ({ summaries: { coverage: answer } }) as unknown as FigureCalls;
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const refused = (code: Code) => new ConnectError('no', code);
  // answer() gives what answers the last question, whenever the test likes.
  const answeredLater = (desk: () => Desk | null) => {
    let resolveLast: (reply: unknown) => void = () => undefined;
    const asking = new Asking(
      desk,
      calls(
        () =>
          new Promise((resolve) => {
            resolveLast = resolve;
          }),
      ),
      () => nowMs,
    );
    return { asking, answer: () => resolveLast };
  };

  test('are kept for the time without a network, and say that they are old', async () => {
    const desk = deskOf();
    let offline = false;
    const asking = new Asking(
      () => desk,
      calls(async () => {
        if (offline) throw refused(Code.Unavailable);
        return coverage([CoverageState.DONE]);
      }),
      () => nowMs,
    );
    asking.look();
    const end = asking.watch(question);
    await settled();
    expect(asking.known(question)).toMatchObject({ freshness: 'current', atMs: nowMs });
    end();

    offline = true;
    const later = new Asking(
      () => desk,
      calls(async () => {
        throw refused(Code.Unavailable);
      }),
      () => nowMs + dayMs,
    );
    later.look();
    const over = later.watch(question);
    await settled();
    const known = later.known(question);
    expect(known.freshness).toBe('offline');
    expect(known.atMs).toBe(nowMs);
    expect(known.reply?.rules[0]?.done).toBe(1);
    over();
    later.look();
  });

  test('that nobody watches are not asked for', async () => {
    const desk = deskOf();
    let asked = 0;
    const asking = new Asking(
      () => desk,
      calls(async () => {
        asked += 1;
        return coverage([]);
      }),
      () => nowMs,
    );
    asking.look();
    asking.known(question);
    desk.seq = 2n;
    asking.look();
    await settled();
    expect(asked).toBe(0);
  });

  test('are asked for again when something new has come, and compare with what was seen before', async () => {
    const desk = deskOf();
    const seen: bigint[] = [];
    let seq = 10n;
    const asking = new Asking(
      () => desk,
      {
        summaries: {
          coverage: async (request: { lastViewSeq: bigint }) => {
            seen.push(request.lastViewSeq);
            return coverage([CoverageState.DUE], seq);
          },
        },
      } as unknown as FigureCalls,
      () => nowMs,
    );
    asking.look();
    asking.watch(question);
    await settled();
    seq = 20n;
    desk.seq = 2n;
    asking.look();
    await settled();
    expect(seen).toEqual([0n, 10n]);
    expect(asking.known(question).before?.watermark?.asOfSeq).toBe(10n);
  });

  test('go when the server says that they are not this person’s', async () => {
    const desk = deskOf();
    let gone = false;
    const asking = new Asking(
      () => desk,
      calls(async () => {
        if (gone) throw refused(Code.NotFound);
        return coverage([CoverageState.DONE]);
      }),
      () => nowMs,
    );
    asking.look();
    asking.watch(question);
    await settled();
    expect([...desk.local.keys()]).toEqual([`answer/${question.key}`]);
    gone = true;
    asking.askAgain();
    await settled();
    expect(asking.known(question)).toMatchObject({ reply: null, before: null, isGone: true });
    expect([...desk.local.keys()]).toEqual([]);
  });

  test('of an area that no role opens any more leave the tablet', async () => {
    const desk = deskOf();
    const asking = new Asking(
      () => desk,
      calls(async () => coverage([CoverageState.DONE])),
      () => nowMs,
    );
    asking.look();
    asking.watch(question);
    await settled();
    await asking.forgetBut(new Set(['me']));
    expect([...desk.local.keys()]).toEqual([]);
    expect(asking.known(question).reply).toBeNull();
  });

  test('of one person are not there for the next, nor one that comes after they have left', async () => {
    const first = deskOf();
    const second = deskOf();
    let desk: Desk | null = first;
    const { asking, answer } = answeredLater(() => desk);
    asking.look();
    asking.watch(question);
    await settled();
    const late = answer();
    desk = null;
    asking.look();
    desk = second;
    asking.look();
    late(coverage([CoverageState.DONE]));
    await settled();
    expect(asking.known(question).reply).toBeNull();
    expect([...first.local.keys(), ...second.local.keys()]).toEqual([]);
  });

  test('are asked for again after the screen was locked, and by nobody once the page is left', async () => {
    const first = deskOf();
    let desk: Desk | null = first;
    let asked = 0;
    const asking = new Asking(
      () => desk,
      calls(async () => {
        asked += 1;
        return coverage([CoverageState.DONE]);
      }),
      () => nowMs,
    );
    asking.look();
    const end = asking.watch(question);
    await settled();
    desk = null;
    asking.look();
    expect(asking.known(question).reply).toBeNull();
    desk = first;
    asking.look();
    expect(asking.known(question).reply?.rules[0]?.done).toBe(1);
    await settled();
    expect(asked).toBe(2);
    end();
    first.seq = 5n;
    asking.look();
    asking.askAgain();
    await settled();
    expect(asked).toBe(2);
  });

  test('that come after their role has ended are not kept', async () => {
    const desk = deskOf();
    const { asking, answer } = answeredLater(() => desk);
    asking.look();
    asking.watch(question);
    await settled();
    await asking.forgetBut(new Set(['me']));
    answer()(coverage([CoverageState.DONE]));
    await settled();
    expect(asking.known(question).reply).toBeNull();
    expect([...desk.local.keys()]).toEqual([]);
  });

  test('that another version of the app kept are asked for again', () => {
    const desk = deskOf();
    desk.local.set(`answer/${question.key}`, {
      area: hex(maths),
      atMs: 1,
      reply: '/////w',
      before: '',
      beforeMs: 0,
    });
    const asking = new Asking(
      () => desk,
      calls(async () => coverage([])),
      () => nowMs,
    );
    asking.look();
    expect(asking.known(question).reply).toBeNull();
  });

  test('that are kept are at most sixty', async () => {
    const desk = deskOf();
    for (let n = 0; n < 80; n += 1) {
      const reply = base64Encode(toBinary(CoverageReplySchema, coverage([])));
      desk.local.set(`answer/old${n}`, {
        area: hex(maths),
        atMs: n,
        reply,
        before: '',
        beforeMs: 0,
      });
    }
    const asking = new Asking(
      () => desk,
      calls(async () => coverage([])),
      () => nowMs,
    );
    asking.look();
    asking.watch(question);
    await settled();
    const names = [...desk.local.keys()];
    expect(names).toHaveLength(60);
    expect(names).toContain('answer/old79');
    expect(names).not.toContain('answer/old20');
  });
});
