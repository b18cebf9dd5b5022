// "Who can see this?" in sentences, for a person who is about to save.
//
// The facts come from the merge core's Audience; this function only chooses words. It leaves out
// whoever reads the words, and names a post ("the head of Mathematics") rather than a person where
// a post is what gives the access.

import type { LeadWords, WhoFacts } from '../app/contract';
import { list, say, sentence } from './say';
import { date } from './when';

export interface WhoWords {
  // Two or three words for the chip.
  readonly chip: string;
  readonly sentence: string;
  // What follows from the next step; null at the end of a visit's life.
  readonly next: { readonly label: string; readonly sentence: string } | null;
}

export function whoCanSee(facts: WhoFacts, zone: string, nowMs: number): WhoWords {
  const next = facts.next;
  return {
    chip: chip(facts),
    sentence: sentenceOf(facts, zone, nowMs),
    next: next
      ? { label: nextLabel(facts, next.step), sentence: sentenceOf(next.facts, zone, nowMs) }
      : null,
  };
}

// Only an observer takes the next step; anybody else is told of it.
function nextLabel(facts: WhoFacts, step: 'submit' | 'share' | 'close'): string {
  if (facts.observes || step === 'close') return say(`who.next.${step}`);
  return say(`who.next.${step}.asReader`);
}

// Who reads a version of the feedback, before it is shared; whatever steps lie between now and then.
export function whoWhenShared(facts: WhoFacts, zone: string, nowMs: number): string {
  let at = facts;
  while (at.next !== null && at.phase !== 'shared') at = at.next.facts;
  // A new version is not yet acknowledged, and nobody has asked about it.
  return sentenceOf({ ...at, acknowledged: false, query: null }, zone, nowMs);
}

// The line of the walk screen. `department`: of the open room's lesson; empty: not known.
export function whoSeesWalk(teacher: string, department: string): string {
  const leaders = department
    ? list([say('who.senior'), say('who.hod', { department })])
    : say('who.senior');
  const words = say('who.walk', { leaders, teacher });
  return words;
}

function chip(facts: WhoFacts): string {
  const reading = facts.readers.filter((reader) => reader.sees === 'all');
  const others = reading.filter((reader) => reader.who !== 'you');
  if (reading.length === 0) return say('who.chip.nobody');
  const [only] = others;
  if (!only) return say('who.chip.onlyYou');
  if (others.length === 1 && only.name && only.who !== 'hod') {
    const words = others.length < reading.length ? 'who.chip.two' : 'who.chip.only';
    return say(words, { name: only.name });
  }
  return say('who.chip.groups', { n: reading.length });
}

// The posts that read, without the reader's own.
function posts(lead: LeadWords, reader: WhoFacts['reader']): string[] {
  const names: string[] = [];
  if (lead.department && reader !== 'hod') {
    names.push(say('who.hod', { department: lead.department }));
  }
  if (lead.seniorLeaders) {
    names.push(say(reader === 'senior' ? 'who.otherSenior' : 'who.senior'));
  }
  for (const name of lead.heads) names.push(say('who.headPerson', { name }));
  return names;
}

// "You" first, then the people, then the posts. An observed teacher who reads the words is "You".
function readers(facts: WhoFacts, withTeacher: boolean): string {
  const names = [say('common.you')];
  const teacher = withTeacher && facts.reader !== 'teacher' && facts.teacher ? [facts.teacher] : [];
  return list([
    ...names,
    ...(facts.phase === 'closed' || facts.phase === 'submitted'
      ? [...facts.coObservers, ...teacher]
      : [...teacher, ...facts.coObservers]),
    ...posts(facts.lead, facts.reader),
  ]);
}

function sentenceOf(facts: WhoFacts, zone: string, nowMs: number): string {
  switch (facts.kind) {
    case 'COACH':
      return coach(facts);
    case 'PEER':
      return peer(facts);
    case 'INFORMAL':
      return informal(facts, zone, nowMs);
    case 'SELF':
      return facts.grants.length > 0
        ? say('who.self.granted', { names: list(facts.grants) })
        : say('who.self');
    case 'CALIB':
      return facts.feedbackAsked
        ? `${say('who.calib')} ${say('who.calib.asked', { teacher: facts.teacher })}`
        : say('who.calib');
    case 'REVIEW':
      return review(facts, zone, nowMs);
    default:
      return formal(facts, zone, nowMs);
  }
}

// DEPT, TEAM, WALK, MENTOR, AST, and a governor's visit, which names no teacher.
function formal(facts: WhoFacts, zone: string, nowMs: number): string {
  switch (facts.phase) {
    case 'planned':
      return facts.announced || !facts.teacher
        ? say('who.planned.announced', { readers: readers(facts, true) })
        : say('who.planned.unannounced', {
            readers: readers(facts, false),
            teacher: facts.teacher,
          });
    case 'draft':
      return draft(facts);
    case 'submitted':
      return submitted(facts);
    case 'shared':
      return shared(facts);
    case 'closed':
      return facts.untilMs === null
        ? say('who.closed.noDate', { readers: readers(facts, true) })
        : say('who.closed', {
            readers: readers(facts, true),
            date: date(facts.untilMs, zone, nowMs),
          });
    case 'withdrawn':
      return withdrawn(facts);
    case 'erased':
      return say('who.erased', {
        date: facts.erasedMs === null ? say('common.noDate') : date(facts.erasedMs, zone, nowMs),
        n: facts.tabletsBehind,
      }).trim();
    default:
      return facts.phase satisfies never;
  }
}

function submitted(facts: WhoFacts): string {
  if (!facts.teacher) return say('who.submitted.noTeacher', { readers: readers(facts, false) });
  const exists = say('who.exists');
  if (facts.reader === 'teacher') {
    const reading = [...facts.coObservers, ...posts(facts.lead, facts.reader)];
    return say('who.submitted.asTeacher', { readers: sentence(list(reading)), exists });
  }
  return say(facts.observes ? 'who.submitted' : 'who.submitted.asReader', {
    readers: readers(facts, false),
    teacher: facts.teacher,
    exists,
  });
}

// To whoever leads the teacher, or is the teacher: they know of the visit, and read nothing yet.
function draftOfOthers(facts: WhoFacts): string {
  const opening = say('who.draft.asReader', {
    observers: list(facts.coObservers),
    n: facts.coObservers.length,
  });
  const knowing = [say('common.you'), ...posts(facts.lead, facts.reader)];
  const isTheirs = facts.teacher === '' || facts.reader === 'teacher';
  const exists = say(isTheirs ? 'who.draft.existsNoTeacher' : 'who.draft.exists', {
    readers: sentence(list(knowing)),
    teacher: facts.teacher,
    exists: say('who.exists'),
  });
  return `${opening} ${exists}`;
}

function draft(facts: WhoFacts): string {
  if (!facts.observes) return draftOfOthers(facts);
  const leaders = posts(facts.lead, facts.reader);
  const opening =
    facts.coObservers.length > 0
      ? say('who.draft.team', {
          others: list(facts.coObservers),
          n: facts.coObservers.length + 1,
        })
      : say('who.draft');
  if (leaders.length === 0) return opening;
  const key = facts.teacher ? 'who.draft.exists' : 'who.draft.existsNoTeacher';
  const exists = say(key, {
    readers: sentence(list(leaders)),
    teacher: facts.teacher,
    exists: say('who.exists'),
  });
  return `${opening} ${exists}`;
}

function shared(facts: WhoFacts): string {
  const asTeacher = facts.reader === 'teacher';
  if (facts.query) {
    return say(asTeacher ? 'who.queried.asTeacher' : 'who.queried', {
      teacher: facts.teacher,
      element: facts.query.element || say('who.queried.all'),
    });
  }
  if (facts.acknowledged) return say('who.acknowledged');
  const parts = [
    say(asTeacher ? 'who.shared.asTeacher' : 'who.shared', {
      readers: readers(facts, true),
      teacher: facts.teacher,
    }),
  ];
  if (facts.grants.length > 0) {
    parts.push(
      say(asTeacher ? 'who.grants.asTeacher' : 'who.grants', {
        names: list(facts.grants),
        teacher: facts.teacher,
      }),
    );
  }
  if (facts.referral) {
    parts.push(
      say('who.referral', {
        helper: facts.referral.helper,
        elements: list(facts.referral.elements),
      }),
    );
  }
  return parts.join(' ');
}

function withdrawn(facts: WhoFacts): string {
  const others = [...facts.coObservers, ...posts(facts.lead, facts.reader)];
  return say('who.withdrawn', {
    teacher: facts.teacher,
    others: sentence(list(others)),
  });
}

function coach(facts: WhoFacts): string {
  const asTeacher = facts.reader === 'teacher';
  const observer = list(facts.coObservers);
  switch (facts.phase) {
    case 'planned':
    case 'draft':
      return say('who.coach.draft');
    case 'submitted':
      return say('who.coach.submitted', { teacher: facts.teacher });
    case 'withdrawn':
    case 'erased':
      return facts.phase === 'withdrawn' ? withdrawnPair(facts) : say('who.coach.draft');
    default:
      if (facts.grants.length > 0) {
        return say(asTeacher ? 'who.coach.granted.asTeacher' : 'who.coach.granted', {
          teacher: facts.teacher,
          observer,
          names: list(facts.grants),
        });
      }
      return say(asTeacher ? 'who.coach.shared.asTeacher' : 'who.coach.shared', {
        teacher: facts.teacher,
        observer,
        hod: sentence(headOf(facts)),
      });
  }
}

function withdrawnPair(facts: WhoFacts): string {
  return say('who.planned.announced', { readers: readers({ ...facts, lead: nobody }, true) });
}

const nobody: LeadWords = { department: null, seniorLeaders: false, heads: [] };

// The head of the lesson's department, whether or not one reads the record.
function headOf(facts: WhoFacts): string {
  return facts.lead.department
    ? say('who.hod', { department: facts.lead.department })
    : say('who.senior');
}

function peer(facts: WhoFacts): string {
  return say(facts.reader === 'teacher' ? 'who.peer.asTeacher' : 'who.peer', {
    teacher: facts.teacher,
    observer: list(facts.coObservers),
    hod: sentence(headOf(facts)),
  });
}

function informal(facts: WhoFacts, zone: string, nowMs: number): string {
  const teacher = facts.reader === 'teacher' ? list(facts.coObservers) : facts.teacher;
  return facts.untilMs === null
    ? say('who.informal.noDate', { teacher })
    : say('who.informal', { teacher, date: date(facts.untilMs, zone, nowMs) });
}

function review(facts: WhoFacts, zone: string, nowMs: number): string {
  if (facts.phase === 'shared' || facts.phase === 'closed') return say('who.review.agreed');
  return facts.untilMs === null
    ? say('who.review.beforeNoDate')
    : say('who.review.before', { date: date(facts.untilMs, zone, nowMs) });
}
