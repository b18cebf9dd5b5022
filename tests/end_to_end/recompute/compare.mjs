// Holds recomputed figures against the replies of the server, as `--json` prints them: proto3 JSON with
// the protos' field names, every field present, 64-bit numbers as text, bytes as base64.

import { dayOf, schoolDays, startOfDay } from './calendar.mjs';
import { groupBy, groupFigures, histogram, isCounted, teacherFigures } from './figures.mjs';

// The command line prints ids as UUID text and states in lower case; proto3 JSON prints base64 and names.
export function uuidOf(base64) {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(base64)) return base64;
  const hex = Buffer.from(base64, 'base64').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

// Every JSON value in a text, one after another, with or without lines between them.
export function jsonValuesIn(text) {
  const values = [];
  let depth = 0, start = 0, inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') { if (depth++ === 0) start = i; }
    else if ((c === '}' || c === ']') && --depth === 0) values.push(JSON.parse(text.slice(start, i + 1)));
  }
  if (depth !== 0) throw new Error('the JSON breaks off');
  return values.flat();
}

// The site of visits in a workload of one site, whose id it does not say.
export const ONLY_SITE = '*';

// model: { visits, policy, zone, terms, rules: title -> kind, peopleOf: department -> [teacher] }
// Without `peopleOf` nothing is known of rosters and rules, and coverage is not compared.
export class Comparison {
  figures = 0;
  differences = [];
  pages = { teacher: new Set(), department: new Set(), school: new Set(), coverage: new Set() };

  constructor(model) {
    this.model = model;
    this.counted = model.visits.filter((visit) => isCounted(visit, model.policy));
  }

  // One reply of any of the four calls.
  add(reply) {
    if (reply.teacher) return this.#teacher(reply);
    if (reply.department) return this.#group(reply, 'department', (v) => v.department, uuidOf(reply.department));
    if (reply.school) return this.#group(reply, 'school', (v) => v.site, uuidOf(reply.school));
    if (reply.org && reply.rules) return this.#coverage(reply);
    throw new Error('a reply is of none of the four calls');
  }

  // What of the workload no reply was about.
  missing() {
    const missing = [];
    for (const [kind, keyOf] of [['teacher', (v) => v.teacher], ['department', (v) => v.department], ['school', (v) => v.site]]) {
      const all = new Set(this.counted.map(keyOf).filter(Boolean));
      const seen = this.pages[kind];
      const left = all.has(ONLY_SITE) && seen.size > 0 ? [] : [...all].filter((id) => !seen.has(id));
      if (left.length > 0) missing.push(`${left.length} of ${all.size}: no ${kind} page (${left[0]} ...)`);
    }
    return missing;
  }

  #same(where, what, got, wanted) {
    this.figures += 1;
    const a = Array.isArray(got) ? got.map(String).join(' ') : String(got);
    const b = Array.isArray(wanted) ? wanted.map(String).join(' ') : String(wanted);
    if (a !== b) this.differences.push(`${where}: ${what} is ${a}, recomputed ${b}`);
  }

  // Of the visits, those with the rubric version that the reply names. Where the workload does not
  // know the server's ids of rubric versions, there must be one only.
  #withRubricOf(reply, visits, where) {
    const rubric = reply.watermark.rubric_version ? uuidOf(reply.watermark.rubric_version) : '';
    const used = new Set(visits.map((v) => v.rubric));
    if (used.has(rubric)) {
      this.#same(where, 'other rubric versions', reply.other_rubric_versions.length, used.size - 1);
      return visits.filter((v) => v.rubric === rubric);
    }
    this.#same(where, 'rubric versions', reply.other_rubric_versions.length + (visits.length > 0 ? 1 : 0), used.size);
    return visits;
  }

  #teacher(reply) {
    const teacher = uuidOf(reply.teacher), where = `teacher ${teacher} in ${reply.h2}`;
    this.pages.teacher.add(teacher);
    const all = this.counted.filter((v) => v.teacher === teacher && v.h2 === reply.h2);
    const figures = teacherFigures(this.#withRubricOf(reply, all, where));
    this.#same(where, 'visits', reply.visits, figures.visits);
    // What a teacher reads was fixed when it was shared; only how often is the same.
    if (reply.as_shared) return;
    this.#same(where, 'observers', reply.observers, new Set(all.flatMap((v) => v.observers)).size);
    this.#elements(where, reply.elements, figures, (at, got, wanted) => {
      this.#sums(at, got, wanted);
      this.#same(at, 'last_level', got.last_level, wanted.last?.level ?? 0);
      this.#same(at, 'last_lesson_ms', got.last_lesson_ms, wanted.last?.startMs ?? 0);
      this.#same(at, 'last_visit', got.last_visit ? uuidOf(got.last_visit) : '', wanted.last?.visit ?? '');
    });
    const listed = reply.lessons ?? [];
    for (let i = 1; i < listed.length; i++) {
      this.#same(where, `lesson ${i} is not later than the one before`, Number(listed[i].lesson_start_ms) <= Number(listed[i - 1].lesson_start_ms), true);
    }
  }

  #group(reply, kind, keyOf, id) {
    const where = `${kind} ${id} in ${reply.h2}`;
    this.pages[kind].add(id);
    const all = this.counted.filter((v) => (keyOf(v) === id || keyOf(v) === ONLY_SITE) && v.h2 === reply.h2);
    const visits = this.#withRubricOf(reply, all, where);
    const shown = this.#shown(reply, visits, where);
    const byTeacher = new Map([...groupBy(shown, (v) => v.teacher)].map(([t, vs]) => [t, teacherFigures(vs)]));
    const figures = groupFigures([...byTeacher.values()]);
    this.#same(where, 'visits', reply.visits, figures.visits);
    const observersOf = (vs) => new Set(vs.flatMap((v) => v.observers)).size;
    if (shown.length === all.length) this.#same(where, 'observers', reply.observers, observersOf(all));
    this.#elements(where, reply.elements, figures, (at, got, wanted) => this.#means(at, got, wanted));
    for (const row of reply.teachers ?? []) {
      const teacher = uuidOf(row.teacher), at = `${where}, teacher ${teacher}`;
      this.#same(at, 'observers', row.observers, observersOf(all.filter((v) => v.teacher === teacher)));
      const wanted = byTeacher.get(teacher) ?? teacherFigures([]);
      this.#elements(at, row.elements, wanted, (here, got, sums) => this.#sums(here, got, sums));
    }
    for (const row of reply.departments ?? []) {
      const department = uuidOf(row.department), at = `${where}, department ${department}`;
      const teachers = [...groupBy(visits.filter((v) => v.department === department), (v) => v.teacher).values()];
      const wanted = groupFigures(teachers.map(teacherFigures));
      this.#elements(at, row.elements, wanted, (here, got, means) => this.#means(here, got, means));
    }
    const names = (reply.departments ?? []).map((row) => row.name);
    this.#same(where, 'departments are by name', names, [...names].sort());
  }

  // A page holds the teachers whom its reader may read one by one; a department's lists them. Where the
  // workload says that nobody leads and is observed, these are all of them.
  #shown(reply, visits, where) {
    if (!reply.department || !reply.teachers) return visits;
    const listed = new Set(reply.teachers.map((row) => uuidOf(row.teacher)));
    const shown = visits.filter((v) => listed.has(v.teacher));
    if (this.model.everybodyIsShown) this.#same(where, 'visits of teachers who are listed', shown.length, visits.length);
    return shown;
  }

  #elements(where, got, wanted, compare) {
    this.#same(where, 'elements', got.map((e) => e.element), [...wanted.elements.keys()].sort((a, b) => a - b));
    for (const element of got) {
      const figures = wanted.elements.get(element.element);
      if (figures) compare(`${where}, element ${element.element}`, element, figures);
    }
  }

  #sums(where, got, wanted) {
    this.#same(where, 'n', got.n, wanted.n);
    this.#same(where, 'sum', got.sum, wanted.sum);
    this.#same(where, 'hist', got.hist, histogram(wanted.levels, got.hist.length));
    this.#same(where, 'lower_median', got.lower_median, wanted.median);
    this.#same(where, 'mean_millionths', got.mean_millionths, wanted.mean);
    this.#same(where, 'unresolved', got.unresolved, wanted.unresolved);
  }

  #means(where, got, wanted) {
    this.#same(where, 'teachers', got.teachers, wanted.teachers);
    this.#same(where, 'n', got.n, wanted.n);
    this.#same(where, 'mean_of_means_millionths', got.mean_of_means_millionths, wanted.mean);
    this.#same(where, 'median_hist', got.median_hist, histogram(wanted.medians, got.median_hist.length));
    this.#same(where, 'unresolved', got.unresolved, wanted.unresolved);
  }

  #coverage(reply) {
    this.pages.coverage.add(uuidOf(reply.org));
    if (!this.model.peopleOf) return;
    const { terms, zone } = this.model;
    const term = terms.find((t) => t.h2 === reply.h2);
    const today = dayOf(Number(reply.watermark.as_of_ms), zone);
    for (const rule of reply.rules) {
      const kind = this.model.rules[rule.title];
      const department = uuidOf(rule.department), where = `coverage of ${department} by "${rule.title}" in ${reply.h2}`;
      if (!kind) throw new Error(`no such rule in the workload: ${rule.title}`);
      const people = this.model.peopleOf(department);
      const stands = new Map(people.map((t) => [t, this.#stand(t, kind, term, today)]));
      this.#same(where, 'from_day', rule.from_day, term.from);
      this.#same(where, 'to_day', rule.to_day, term.to);
      const count = (is) => [...stands.values()].filter(is).length;
      this.#same(where, 'eligible', rule.eligible, stands.size);
      for (const state of ['done', 'booked', 'due', 'overdue', 'exempt']) {
        this.#same(where, state, rule[state], count((s) => s.state === state));
      }
      this.#same(where, 'at_risk', rule.at_risk, count((s) => s.atRisk));
      this.#same(where, 'done_not_shared', rule.done_not_shared, count((s) => s.state === 'done' && s.shared < s.done));
      for (const got of rule.teachers) this.#oneTeacher(where, got, stands.get(uuidOf(got.teacher)) ?? this.#stand('', kind, term, today));
    }
  }

  #oneTeacher(where, got, wanted) {
    const at = `${where}, teacher ${uuidOf(got.teacher)}`;
    this.#same(at, 'state', got.state.replace('COVERAGE_STATE_', '').toLowerCase(), wanted.state);
    this.#same(at, 'at_risk', got.at_risk, wanted.atRisk);
    for (const count of ['booked', 'done', 'shared']) this.#same(at, count, got[count], wanted[count]);
    this.#same(at, 'last_done_ms', got.last_done_ms, wanted.lastDoneMs);
  }

  // Where one teacher stands under a rule that asks for one visit of a kind in the half-term.
  #stand(teacher, kind, term, today) {
    const { zone, policy } = this.model;
    const visits = this.model.visits.filter((v) => v.teacher === teacher && v.kind === kind && v.h2 === term.h2 && !v.withdrawn);
    const isPrivate = kind === 'COACH' || kind === 'PEER';
    const done = visits.filter((v) => (kind === 'COACH' ? v.shared : v.done));
    const booked = isPrivate ? 0 : visits.length - done.length;
    const lastDay = done.length === 0 ? null : Math.max(...done.map((v) => dayOf(v.startMs, zone)));
    const left = schoolDays(Math.max(today, term.from), term.to, term.closed).length;
    const state = done.length >= 1 ? 'done' : today > term.to ? 'overdue' : done.length + booked >= 1 ? 'booked' : 'due';
    return {
      state, booked, done: done.length, shared: visits.filter((v) => v.shared).length,
      atRisk: state === 'due' && left <= policy.atRiskSchoolDays,
      lastDoneMs: lastDay === null ? 0 : startOfDay(lastDay, zone),
    };
  }
}
