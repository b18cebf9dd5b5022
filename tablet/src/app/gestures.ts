// What a person does on the pages of a visit, as changes of its facets.
import { create } from '@bufbuild/protobuf';
import {
  AnswersSchema,
  FeedbackSchema,
  ResponseSchema,
  SheetSchema,
  StepStatus,
  StepsSchema,
} from '#proto/observation_pb';
import { IntentSchema } from '#proto/sync_pb';
import { type Bytes, hex, unhex } from '../model/bytes';
import { Changes, placeAfter, type Value } from '../model/gesture';
import { byteLength } from '../model/value';
import { facetClass, type VisitRecord } from '../model/visit';
import type { FeedbackGestures, Note, Outcome, SheetGestures, Step, UndoWords } from './contract';
import type { Desk } from './desk';
import { offerWaits, submitPage } from './offers';
import { questionsOf } from './questions';
import { isFormal } from './visit-page';
import { elementTitle } from './who';
import { done, refused, type Writing } from './writing';

const dayMs = 86_400_000;
const noteBytes = 2000;
const shortBytes = 500;

const stepStatuses: Readonly<Record<Step['status'], StepStatus>> = {
  open: StepStatus.OPEN,
  tried: StepStatus.TRIED,
  embedded: StepStatus.EMBEDDED,
  dropped: StepStatus.DROPPED,
};
const resolutions = { amended: 1, explained: 2, withdrawn: 3 } as const;

const dayOf = (ms: number | null): Value => (ms === null ? null : Math.floor(ms / dayMs));

// Looked up at each gesture: the person who is in may change.
export interface AtDesk {
  readonly desk: Desk;
  readonly writing: Writing;
}

const nobody: Outcome<never> = { ok: false, problem: { kind: 'refused', reason: 'notAllowed' } };

export function gestures(
  at: () => AtDesk | null,
  random: (size: number) => Bytes,
): SheetGestures & FeedbackGestures {
  const newKey = () => random(16);

  // The words that name an entry on the way out, and the bytes on the way in.
  const sheet = (visit: VisitRecord, desk: Desk) => visit.facet(facetClass.sheet, unhex(desk.me));
  const response = (visit: VisitRecord) => visit.facet(facetClass.response, unhex(visit.teacher));

  type Do = (visit: VisitRecord, at: AtDesk) => Promise<Outcome>;
  const on = (visitId: string, run: Do): Promise<Outcome> => {
    const here = at();
    if (here === null) return Promise.resolve(nobody);
    return run(here.desk.visit(visitId), here);
  };

  const onSheet = (
    visitId: string,
    words: UndoWords,
    change: (c: Changes, v: VisitRecord) => void,
    local = {},
  ) =>
    on(visitId, (visit, { desk, writing }) => {
      if (!visit.observers.includes(desk.me)) return Promise.resolve(refused('notAllowed'));
      const changes = new Changes(SheetSchema);
      change(changes, visit);
      return writing.write(visitId, words, [{ facet: sheet(visit, desk), changes }], local);
    });

  const onFeedback = (
    visitId: string,
    words: UndoWords,
    change: (c: Changes, v: VisitRecord) => void,
  ) =>
    on(visitId, (visit, { desk, writing }) => {
      if (visit.lead !== desk.me) return Promise.resolve(refused('notAllowed'));
      const changes = new Changes(FeedbackSchema);
      change(changes, visit);
      return writing.write(visitId, words, [{ facet: visit.facet(facetClass.feedback), changes }]);
    });

  const onSteps = (visitId: string, change: (c: Changes) => void) =>
    on(visitId, (visit, { writing }) => {
      const changes = new Changes(StepsSchema);
      change(changes);
      return writing.write(visitId, { kind: 'step' }, [
        { facet: visit.facet(facetClass.steps), changes },
      ]);
    });

  const onResponse = (
    visitId: string,
    change: (c: Changes, v: VisitRecord) => Outcome | undefined,
  ) =>
    on(visitId, (visit, { desk, writing }) => {
      if (visit.teacher !== desk.me) return Promise.resolve(refused('notAllowed'));
      const changes = new Changes(ResponseSchema);
      const no = change(changes, visit);
      if (no !== undefined) return Promise.resolve(no);
      return writing.write(visitId, null, [{ facet: response(visit), changes }]);
    });

  const tooLong = (text: string, bytes: number) => byteLength(text) > bytes;
  const withId = async <K extends string>(name: K, id: Bytes, written: Promise<Outcome>) => {
    const outcome = await written;
    if (!outcome.ok) return outcome;
    return { ok: true, value: { [name]: hex(id) } as Record<K, string> } as const;
  };
  const element = (visitId: string, number: number) => {
    const here = at();
    return here === null ? '' : elementTitle(here.desk, here.desk.visit(visitId), number);
  };
  // Seconds since the visit began; the earliest is its beginning.
  const offset = (visitId: string, ms: number) => {
    const start = at()?.desk.startedMs(visitId) ?? ms;
    return Math.min(86_400, Math.max(0, Math.round((ms - start) / 1000)));
  };

  return {
    addNote: (visitId, tappedMs, text) => {
      if (tooLong(text, noteBytes)) return Promise.resolve(refused('tooLong'));
      const key = newKey();
      // A note without words is a place to type, and not a note yet.
      if (text === '') {
        const here = at();
        if (here === null) return Promise.resolve(nobody);
        const local = { [`begun/${visitId}/${hex(key)}`]: offset(visitId, tappedMs) };
        return withId('noteId', key, here.writing.note(local));
      }
      return withId(
        'noteId',
        key,
        onSheet(visitId, { kind: 'note' }, (c) => {
          c.entry('notes', key, { tOffsetS: offset(visitId, tappedMs), text });
        }),
      );
    },
    editNote: (visitId, noteId, text) => {
      if (tooLong(text, noteBytes)) return Promise.resolve(refused('tooLong'));
      const begun = `begun/${visitId}/${noteId}`;
      const since = at()?.desk.store.local<number>(begun);
      const words: UndoWords = { kind: since === undefined ? 'noteText' : 'note' };
      const parts: Record<string, Value> =
        since === undefined ? { text } : { tOffsetS: since, text };
      return onSheet(visitId, words, (c) => void c.entry('notes', unhex(noteId), parts), {
        [begun]: undefined,
      });
    },
    linkNote: (visitId, noteId, number) =>
      onSheet(visitId, { kind: 'link', element: element(visitId, number ?? 0) }, (c) => {
        c.entry('notes', unhex(noteId), { element: number });
      }),
    keepNotePrivate: (visitId, noteId, isPrivate) =>
      onSheet(
        visitId,
        { kind: 'other' },
        (c) => void c.entry('notes', unhex(noteId), { isPrivate }),
      ),
    removeNote: (visitId, noteId) =>
      on(visitId, (visit, here) => {
        const note = visit.sheet(here.desk.me).notes.find((n) => hex(n.key) === noteId);
        const kept = here.desk.store.local<Note[]>(`removed/${visitId}`) ?? [];
        const start = here.desk.startedMs(visitId);
        const removed: Note[] =
          note === undefined
            ? kept
            : [
                {
                  id: noteId,
                  atMs:
                    start === null || note.tOffsetS === undefined
                      ? null
                      : start + 1000 * note.tOffsetS,
                  text: note.text ?? '',
                  element: note.element ?? null,
                  isPrivate: note.isPrivate === true,
                },
                ...kept,
              ];
        const local = { [`removed/${visitId}`]: removed };
        return onSheet(
          visitId,
          { kind: 'noteRemoved' },
          (c) => void c.remove('notes', unhex(noteId)),
          local,
        );
      }),
    putNoteBack: (visitId, noteId) =>
      on(visitId, (_, { desk }) => {
        const kept = desk.store.local<Note[]>(`removed/${visitId}`) ?? [];
        const local = { [`removed/${visitId}`]: kept.filter((note) => note.id !== noteId) };
        return onSheet(
          visitId,
          { kind: 'note' },
          (c) => void c.entry('notes', unhex(noteId)),
          local,
        );
      }),
    rate: (visitId, number, level) =>
      onSheet(visitId, { kind: 'level', element: element(visitId, number) }, (c) => {
        c.entry('ratings', number, { level });
      }),
    tick: (visitId, code) =>
      onSheet(
        visitId,
        { kind: 'tally', label: code },
        (c) => void c.entry('tallies', newKey(), { code }),
      ),
    untick: (visitId, code) =>
      on(visitId, (visit, { desk }) => {
        const last = visit.sheet(desk.me).tallies.findLast((tally) => tally.code === code);
        if (last === undefined) return Promise.resolve(done);
        return onSheet(
          visitId,
          { kind: 'tally', label: code },
          (c) => void c.remove('tallies', last.key),
        );
      }),
    snapshot: (visitId, onTask, total) =>
      onSheet(visitId, { kind: 'look' }, (c) => {
        const now = at()?.writing.now().wallMs ?? 0;
        c.entry('onTask', newKey(), { snapshot: [offset(visitId, now), onTask, total] });
      }),
    setPupilsPresent: (visitId, pupils) =>
      onSheet(visitId, { kind: 'other' }, (c) => void c.set('pupilsPresent', pupils)),
    addPraise: (visitId, text) => {
      if (tooLong(text, shortBytes)) return Promise.resolve(refused('tooLong'));
      const key = newKey();
      return withId(
        'praiseId',
        key,
        onSheet(visitId, { kind: 'praise' }, (c) => void c.entry('praise', key, { text })),
      );
    },
    editPraise: (visitId, praiseId, text) => {
      if (tooLong(text, shortBytes)) return Promise.resolve(refused('tooLong'));
      return onSheet(
        visitId,
        { kind: 'praise' },
        (c) => void c.entry('praise', unhex(praiseId), { text }),
      );
    },
    removePraise: (visitId, praiseId) =>
      onSheet(visitId, { kind: 'praise' }, (c) => void c.remove('praise', unhex(praiseId))),
    undo: (visitId) => at()?.writing.undo(visitId) ?? Promise.resolve(nobody),
    submit: (visitId) =>
      on(visitId, (visit, { desk, writing }) => {
        if (!visit.observers.includes(desk.me)) return Promise.resolve(refused('notAllowed'));
        if (offerWaits(desk, visit)) return Promise.resolve(refused('offerWaits'));
        return submitPage(desk, visit, writing);
      }),

    addStrength: (visitId, text) => {
      if (tooLong(text, noteBytes)) return Promise.resolve(refused('tooLong'));
      const key = newKey();
      return withId(
        'paragraphId',
        key,
        onFeedback(visitId, { kind: 'strength' }, (c, visit) => {
          const place = placeAfter(visit.feedback.strengths.at(-1)?.place ?? null);
          c.entry('strengths', key, { text, place });
        }),
      );
    },
    editStrength: (visitId, paragraphId, text) => {
      if (tooLong(text, noteBytes)) return Promise.resolve(refused('tooLong'));
      return onFeedback(visitId, { kind: 'strength' }, (c) => {
        c.entry('strengths', unhex(paragraphId), { text });
      });
    },
    removeStrength: (visitId, paragraphId) =>
      onFeedback(
        visitId,
        { kind: 'strength' },
        (c) => void c.remove('strengths', unhex(paragraphId)),
      ),
    setPriority: (visitId, text) => {
      if (tooLong(text, noteBytes)) return Promise.resolve(refused('tooLong'));
      return onFeedback(visitId, { kind: 'priority' }, (c) => void c.set('priority', text));
    },
    setPriorityElement: (visitId, number) =>
      onFeedback(visitId, { kind: 'priority' }, (c) => void c.set('priorityElement', number)),
    setConversation: (visitId, ms) =>
      onFeedback(visitId, { kind: 'other' }, (c) => void c.set('conversationDay', dayOf(ms))),
    setIncludeNotes: (visitId, include) =>
      onFeedback(visitId, { kind: 'other' }, (c) => void c.set('includeNotes', include)),
    addStep: (visitId, text, number, dueMs) => {
      if (tooLong(text, shortBytes)) return Promise.resolve(refused('tooLong'));
      const key = newKey();
      const parts: Record<string, Value> = { text, status: StepStatus.OPEN };
      if (number !== null) parts.element = number;
      if (dueMs !== null) parts.dueDay = dayOf(dueMs);
      return withId(
        'stepId',
        key,
        onSteps(visitId, (c) => void c.entry('steps', key, parts)),
      );
    },
    editStep: (visitId, stepId, change) => {
      const words = [change.text ?? '', change.droppedBecause ?? ''];
      if (words.some((one) => tooLong(one, shortBytes))) return Promise.resolve(refused('tooLong'));
      const parts: Record<string, Value> = {};
      if (change.text !== undefined) parts.text = change.text;
      if (change.element !== undefined) parts.element = change.element;
      if (change.dueMs !== undefined) parts.dueDay = dayOf(change.dueMs);
      if (change.status !== undefined) parts.status = stepStatuses[change.status];
      if (change.droppedBecause) parts.droppedBecause = change.droppedBecause;
      return onSteps(visitId, (c) => void c.entry('steps', unhex(stepId), parts));
    },
    share: (visitId) =>
      on(visitId, (visit, { desk, writing }) => {
        if (visit.lead !== desk.me) return Promise.resolve(refused('notAllowed'));
        if (visit.phase.withdrawn || visit.phase.level >= 5)
          return Promise.resolve(refused('closed'));
        if (offerWaits(desk, visit)) return Promise.resolve(refused('offerWaits'));
        if (questionsOf(desk, visit).some((asked) => asked.levels.length > 0)) {
          return Promise.resolve(refused('choiceOpen'));
        }
        const others = visit.observers.filter((id) => id !== desk.me);
        if (others.some((id) => !visit.submitted(id) && !visit.excused(id))) {
          return Promise.resolve(refused('notAllSubmitted'));
        }
        if (!visit.feedback.strengths.some((paragraph) => (paragraph.text ?? '') !== '')) {
          return Promise.resolve(refused('strengthMissing'));
        }
        // The server makes a version of a visit whose observers have each written a page.
        const page = visit.facet(facetClass.sheet, unhex(desk.me));
        if (visit.observers.includes(desk.me) && !visit.excused(desk.me) && !visit.holds(page)) {
          return Promise.resolve(refused('pageEmpty'));
        }
        return sayIncludeNotes(visit, writing).then((said) =>
          said.ok ? writing.intend(visit.facet(facetClass.plan), shareIntent(desk, visit)) : said,
        );
      }),
    withdraw: (visitId, reason) =>
      on(visitId, (visit, { writing }) => {
        if (reason.trim() === '') return Promise.resolve(refused('reasonTooShort'));
        if (tooLong(reason, shortBytes)) return Promise.resolve(refused('tooLong'));
        const intent = create(IntentSchema, { what: { case: 'withdraw', value: { reason } } });
        return writing.intend(visit.facet(facetClass.plan), intent);
      }),
    acknowledge: (visitId, round) =>
      onResponse(visitId, (c, visit) => {
        const version = visit.versions().find((seen) => seen.round === round);
        if (version === undefined) return refused('notAllowed');
        // Bound to what was read: another text has another digest.
        const store = at()?.desk.store;
        const digest = store?.core.digests(unhex(version.facet), store.shown(version.facet)).facet;
        c.entry('acks', round, { digest: digest ?? null });
        return undefined;
      }),
    reflect: (visitId, text) =>
      onResponse(visitId, (c, visit) => {
        if (tooLong(text, noteBytes)) return refused('tooLong');
        const first = visit.response.reflections[0];
        if (first === undefined)
          c.entry('reflections', newKey(), { text, place: placeAfter(null) });
        else c.entry('reflections', first.key, { text });
        return undefined;
      }),
    query: (visitId, round, number, text) =>
      onResponse(visitId, (c) => {
        if (tooLong(text, noteBytes)) return refused('tooLong');
        const parts: Record<string, Value> = { version: round, text };
        if (number !== null) parts.element = number;
        c.entry('queries', newKey(), parts);
        return undefined;
      }),
    closeQuery: (visitId, queryId) =>
      onResponse(visitId, (c) => {
        c.entry('queries', unhex(queryId), { closed: true });
        return undefined;
      }),
    answerQuery: (visitId, queryId, text, resolution) =>
      on(visitId, (visit, { writing }) => {
        if (tooLong(text, noteBytes)) return Promise.resolve(refused('tooLong'));
        const parts: Record<string, Value> = { text };
        if (resolution !== null) parts.resolution = resolutions[resolution];
        const changes = new Changes(AnswersSchema).entry('answers', unhex(queryId), parts);
        return writing.write(visitId, null, [{ facet: visit.facet(facetClass.answers), changes }]);
      }),
    letRead: (visitId, personId) =>
      on(visitId, (visit, { writing }) => {
        const value = { person: unhex(personId) };
        const intent = create(IntentSchema, { what: { case: 'grantRead', value } });
        return writing.intend(visit.facet(facetClass.plan), intent);
      }),
    endRead: (visitId, personId) =>
      on(visitId, (visit, { writing }) => {
        const value = { person: unhex(personId) };
        const intent = create(IntentSchema, { what: { case: 'endRead', value } });
        return writing.intend(visit.facet(facetClass.plan), intent);
      }),
  };
}

// What the composer showed as chosen is written before the version is made of it.
function sayIncludeNotes(visit: VisitRecord, writing: Writing): Promise<Outcome> {
  if (visit.feedback.includeNotes !== undefined || !isFormal(visit)) return Promise.resolve(done);
  const changes = new Changes(FeedbackSchema);
  changes.set('includeNotes', true);
  return writing.write(visit.id, null, [{ facet: visit.facet(facetClass.feedback), changes }]);
}

// The next version. No digest is named: what the server holds then is what was sent just before.
export const shareIntent = (desk: Desk, visit: VisitRecord) =>
  create(IntentSchema, {
    what: { case: 'share', value: { round: desk.nextVersion(visit), seen: [] } },
  });
