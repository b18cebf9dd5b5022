// What a meeting combined, told once: whose work met on this person's pages, and what waits.
import type { DescMessage } from '@bufbuild/protobuf';
import { type Plan, PlanSchema, type Sheet, SheetSchema } from '#proto/observation_pb';
import { Disposition, type PushResult, Reason } from '#proto/sync_pb';
import { hex, unhex } from '../model/bytes';
import { readView } from '../model/view';
import { facetClass, type VisitRecord } from '../model/visit';
import { nothingHeld } from '../store/outbox';
import type { MeetingReport } from '../transport/meeting';
import type { Receipt, ReceiptRow } from './contract';
import type { Desk } from './desk';
import { questionsOf } from './questions';
import { elementsOf } from './visit-page';

const kept = 50;
const hourMs = 3_600_000;

// What was on this person's pages before a meeting.
export interface Before {
  // Of each visit: keys of its notes, and of its tallies by their code.
  readonly notes: ReadonlyMap<string, ReadonlySet<string>>;
  readonly tallies: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;
  readonly fields: ReadonlyMap<string, PlanFields>;
  readonly sheets: ReadonlySet<string>;
  readonly questions: ReadonlySet<string>;
  // Places of what was kept aside.
  readonly aside: ReadonlySet<number>;
  readonly records: number;
}

type PlanFields = Readonly<Record<'room' | 'classCode' | 'subject' | 'minutes' | 'period', string>>;

export function look(desk: Desk): Before {
  const notes = new Map<string, Set<string>>();
  const tallies = new Map<string, Map<string, Set<string>>>();
  const fields = new Map<string, PlanFields>();
  const sheets = new Set<string>();
  const questions = new Set<string>();
  const aside = new Set<number>();
  for (const visit of desk.ownVisits()) {
    if (!visit.observers.includes(desk.me)) continue;
    const sheet = visit.sheet(desk.me);
    notes.set(visit.id, new Set(sheet.notes.map((note) => hex(note.key))));
    tallies.set(visit.id, byCode(sheet));
    fields.set(visit.id, fieldsOf(visit.plan));
    for (const owner of visit.sheetOwners()) sheets.add(`${visit.id}/${owner}`);
    for (const asked of questionsOf(desk, visit)) questions.add(asked.id);
  }
  for (const { place, row } of desk.store.outbox.groups.values()) {
    if (isAside(row.result)) aside.add(place);
  }
  const records = desk.store.base.records.size;
  return { notes, tallies, fields, sheets, questions, aside, records };
}

const fieldsOf = ({ room, classCode, subject, minutes, period }: Plan): PlanFields => ({
  room: room ?? '',
  classCode: classCode ?? '',
  subject: subject ?? '',
  minutes: minutes === undefined ? '' : String(minutes),
  period: period === undefined ? '' : String(period),
});

function byCode(sheet: Sheet): Map<string, Set<string>> {
  const codes = new Map<string, Set<string>>();
  for (const { key, code = '' } of sheet.tallies) {
    codes.set(code, (codes.get(code) ?? new Set()).add(hex(key)));
  }
  return codes;
}

// What this tablet itself wrote of a facet and still keeps: that did not come from another one.
function written<Desc extends DescMessage>(desk: Desk, message: Desc, facet: string) {
  const { core, outbox } = desk.store;
  return readView(core, message, outbox.joinOwn(facet, 0n, nothingHeld)).message;
}

// Rows of what two tablets of this person wrote on one visit.
function combined(desk: Desk, before: Before, after: Before, tablet: string): ReceiptRow[] {
  const rows: ReceiptRow[] = [];
  for (const [visitId, notes] of after.notes) {
    const known = before.notes.get(visitId);
    if (known === undefined) continue;
    const visit = desk.visit(visitId);
    const own = written(desk, SheetSchema, visit.facet(facetClass.sheet, unhex(desk.me)));
    const ownNotes = new Set(own.notes.map((note) => hex(note.key)));
    const there = [...notes].filter((note) => !known.has(note) && !ownNotes.has(note)).length;
    const here = notes.size - there;
    const classCode = visit.plan.classCode ?? '';
    // Nothing was combined on a tablet that only reads along.
    if (there > 0 && ownNotes.size > 0) {
      rows.push({ kind: 'notes', classCode, here, there, tablet, total: notes.size });
    }
    const ownTallies = byCode(own);
    for (const [name, keys] of after.tallies.get(visitId) ?? []) {
      const mine = (key: string) =>
        before.tallies.get(visitId)?.get(name)?.has(key) === true ||
        ownTallies.get(name)?.has(key) === true;
      const came = [...keys].filter((key) => !mine(key)).length;
      const stayed = keys.size - came;
      if (came > 0 && ownTallies.has(name)) {
        rows.push({ kind: 'tallies', here: stayed, there: came, total: keys.size, name });
      }
    }
    rows.push(...changedFields(desk, visit, before.fields.get(visitId), tablet));
  }
  return rows;
}

function changedFields(
  desk: Desk,
  visit: VisitRecord,
  before: PlanFields | undefined,
  tablet: string,
): ReceiptRow[] {
  if (before === undefined) return [];
  const now = fieldsOf(visit.plan);
  const own = fieldsOf(written(desk, PlanSchema, visit.facet(facetClass.plan)));
  const names = Object.keys(now) as (keyof PlanFields)[];
  return names
    .filter((name) => now[name] !== before[name] && now[name] !== own[name] && now[name] !== '')
    .map((field) => ({ kind: 'field', field, value: now[field], tablet }));
}

const isAside = (result: PushResult | undefined) =>
  result?.disposition === Disposition.LATE || result?.disposition === Disposition.QUARANTINED;

// What arrived after the visit was closed, or after a role ended: somebody decides.
function keptAside(desk: Desk, before: Before): ReceiptRow[] {
  const rows = new Map<string, ReceiptRow>();
  for (const { place, row, facet } of desk.store.outbox.groups.values()) {
    if (before.aside.has(place) || !isAside(row.result)) continue;
    const lead = desk.directory.nameOf(desk.visit(facet.slice(0, 32)).lead);
    if (row.result?.reason === Reason.ENDED) {
      rows.set(`ended ${lead}`, { kind: 'roleEnded', owner: lead });
    } else if (row.result?.reason === Reason.CLOSED) {
      rows.set(`closed ${lead}`, { kind: 'addition', observer: lead });
    }
  }
  return [...rows.values()];
}

export function receiptOf(
  desk: Desk,
  before: Before,
  report: MeetingReport,
  id: string,
  tablet: string,
): Receipt | null {
  const after = look(desk);
  const rows = [...combined(desk, before, after, tablet), ...keptAside(desk, before)];
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
  if (rows.length === 0 && report.sent === 0) return null;
  return {
    id,
    atMs: desk.nowMs(),
    rows,
    sent: report.sent,
    stored: report.sent,
    received: report.records,
    seen: rows.length === 0,
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

// Newest first. Meetings of one hour that only sent are one receipt with their sums: somebody who
// writes with the network on meets the server every few seconds, and loses no earlier receipt by it.
export function added(receipts: readonly Receipt[], receipt: Receipt): Receipt[] {
  const [newest, ...earlier] = receipts;
  const folds =
    newest !== undefined &&
    newest.rows.length === 0 &&
    receipt.rows.length === 0 &&
    Math.floor(newest.atMs / hourMs) === Math.floor(receipt.atMs / hourMs);
  if (!folds) return [receipt, ...receipts].slice(0, kept);
  const sums = {
    sent: newest.sent + receipt.sent,
    stored: newest.stored + receipt.stored,
    received: newest.received + receipt.received,
  };
  return [{ ...receipt, ...sums }, ...earlier];
}
