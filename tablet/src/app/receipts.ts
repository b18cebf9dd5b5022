// What a meeting combined, told once: whose work met on this person's pages, and what waits.
import { hex } from '../model/bytes';
import type { MeetingReport } from '../transport/meeting';
import type { Receipt, ReceiptRow } from './contract';
import type { Desk } from './desk';
import { questionsOf } from './questions';
import { elementsOf } from './visit-page';

const kept = 50;

// What was on this person's pages before a meeting.
export interface Before {
  readonly notes: ReadonlyMap<string, ReadonlySet<string>>;
  readonly sheets: ReadonlySet<string>;
  readonly questions: ReadonlySet<string>;
  readonly records: number;
}

export function look(desk: Desk): Before {
  const notes = new Map<string, Set<string>>();
  const sheets = new Set<string>();
  const questions = new Set<string>();
  for (const visit of desk.ownVisits()) {
    if (!visit.observers.includes(desk.me)) continue;
    notes.set(visit.id, new Set(visit.sheet(desk.me).notes.map((note) => hex(note.key))));
    for (const owner of visit.sheetOwners()) sheets.add(`${visit.id}/${owner}`);
    for (const asked of questionsOf(desk, visit)) questions.add(asked.id);
  }
  return { notes, sheets, questions, records: desk.store.base.records.size };
}

export function receiptOf(
  desk: Desk,
  before: Before,
  report: MeetingReport,
  id: string,
  tablet: string,
): Receipt | null {
  const rows: ReceiptRow[] = [];
  const after = look(desk);
  for (const [visitId, notes] of after.notes) {
    const known = before.notes.get(visitId);
    if (known === undefined) continue;
    const there = [...notes].filter((note) => !known.has(note)).length;
    if (there === 0 || known.size === 0) continue;
    const classCode = desk.visit(visitId).plan.classCode ?? '';
    rows.push({ kind: 'notes', classCode, here: known.size, there, tablet, total: notes.size });
  }
  for (const sheet of after.sheets) {
    const [visitId = '', owner = ''] = sheet.split('/');
    if (before.sheets.has(sheet) || owner === desk.me || !before.notes.has(visitId)) continue;
    rows.push({ kind: 'page', observer: desk.directory.nameOf(owner) });
  }
  const asked = [...after.questions].filter((question) => !before.questions.has(question));
  if (asked.length > 0) {
    rows.push({ kind: 'questions', n: asked.length, what: askedAbout(desk, asked) });
  }
  const left = before.records - desk.store.base.records.size;
  if (left > 0 && before.records > 0) {
    const reason =
      report.hello.purge.length > 0
        ? 'erased'
        : desk.endedRoles().length > 0
          ? 'roleEnded'
          : 'notKept';
    rows.push({ kind: 'left', n: left, reason });
  }
  if (rows.length === 0) return null;
  return {
    id,
    atMs: desk.nowMs(),
    rows,
    sent: report.sent,
    stored: report.sent,
    received: report.records,
    seen: false,
  };
}

// "Questioning in 9M2": what each question is about, each once.
function askedAbout(desk: Desk, questions: readonly string[]): string[] {
  const about = new Set<string>();
  for (const visit of desk.ownVisits()) {
    for (const asked of questionsOf(desk, visit)) {
      if (!questions.includes(asked.id)) continue;
      const element = elementsOf(desk, visit).find((e) => e.number === asked.element)?.title;
      const classCode = visit.plan.classCode ?? '';
      about.add([element ?? '', classCode].filter((part) => part !== '').join(', '));
    }
  }
  return [...about].filter((words) => words !== '');
}

export const added = (receipts: readonly Receipt[], receipt: Receipt): Receipt[] =>
  [receipt, ...receipts].slice(0, kept);
