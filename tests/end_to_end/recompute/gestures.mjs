// A file of gestures (docs/workload.md) as visits: what they are once every tablet has met the server.
//
// Within a phase no store (one person on one tablet) hears from another, and before each phase all of
// them meet the server. So of one field, what a phase leaves is the last value of each store that wrote
// it in that phase; if none did, what the phase before left.

class Field {
  #left = [];           // [{ id, value }] when the phase began.
  #written = new Map(); // By store, in this phase.
  #phase = 0;

  write(phase, store, write) {
    this.#settle(phase);
    this.#written.set(store, write);
  }
  // What that store sees now.
  seenBy(phase, store) {
    this.#settle(phase);
    return this.#written.has(store) ? [this.#written.get(store)] : this.#left;
  }
  values() {
    this.#settle(Infinity);
    return this.#left.map((write) => write.value);
  }
  ids() {
    this.#settle(Infinity);
    return this.#left.map((write) => write.id);
  }
  #settle(phase) {
    if (phase === this.#phase) return;
    if (this.#written.size > 0) this.#left = [...this.#written.values()];
    this.#written = new Map();
    this.#phase = phase;
  }
}

const fieldOf = (map, key) => map.get(key) ?? map.set(key, new Field()).get(key);

class Visit {
  constructor(id) {
    Object.assign(this, { id, plan: null, start: new Field(), sheets: new Map(), submitted: new Set(), excused: new Set(), joined: new Set(),
      shares: [], closed: false, withdrawn: false, consensus: new Map(), agreed: new Map(), queries: new Map() });
  }

  observers() {
    const named = [...this.plan.observers, ...this.joined];
    return (named.length > 0 ? named : [this.plan.lead]).filter((o) => !this.excused.has(o));
  }

  // The consensus as a store sees it, by the writes and not by their values.
  consensusSeenBy(phase, store) {
    return snapshot(this.consensus, (field) => field.seenBy(phase, store).map((write) => write.id));
  }

  isAgreed() {
    const now = snapshot(this.consensus, (field) => field.ids());
    return now !== '' && this.observers().every((observer) => {
      const said = this.agreed.get(observer)?.values() ?? [];
      return said.length > 0 && said.every((seen) => seen === now);
    });
  }
}

function snapshot(fields, idsOf) {
  return [...fields].sort(([a], [b]) => a - b).map(([element, field]) => `${element}:${idsOf(field).sort().join('+')}`).join(' ');
}

const acts = {
  plan(visit, line, at) {
    const observers = (line.observers ?? []).map((o) => o.person);
    visit.plan = { kind: line.kind.toUpperCase(), teacher: line.teacher ?? null, department: line.department ?? null,
      lead: line.lead ?? line.person, observers, rubric: line.rubric_version ?? null, code: line.join_code };
    acts.reschedule(visit, line, at);
  },
  reschedule(visit, line, at) {
    if (line.lesson_start !== undefined) visit.start.write(at.phase, at.store, { id: at.id, value: Date.parse(line.lesson_start) });
  },
  rate(visit, line, at) {
    const sheet = visit.sheets.get(line.person) ?? visit.sheets.set(line.person, new Map()).get(line.person);
    fieldOf(sheet, line.element).write(at.phase, at.store, { id: at.id, value: line.level });
  },
  consensus(visit, line, at) {
    for (const [element, level] of Object.entries(line.levels ?? {})) {
      fieldOf(visit.consensus, Number(element)).write(at.phase, at.store, { id: at.id, value: level });
    }
  },
  agree(visit, line, at) {
    const value = visit.consensusSeenBy(at.phase, at.store);
    fieldOf(visit.agreed, line.person).write(at.phase, at.store, { id: at.id, value });
  },
  query(visit, line) {
    const query = visit.queries.get(line.key) ?? { element: 0, closed: false, resolved: false };
    if (line.element !== undefined) query.element = line.element;
    if (line.closed !== undefined) query.closed = line.closed;
    visit.queries.set(line.key, query);
  },
  answer(visit, line) {
    if (line.resolution === undefined) return;
    const query = visit.queries.get(line.query);
    if (query) query.resolved = true;
  },
  submit: (visit, line) => visit.submitted.add(line.person),
  excuse: (visit, line) => visit.excused.add(line.observer),
  join: (visit, line) => visit.joined.add(line.person),
  share: (visit, line) => visit.shares.push(line.round ?? 1),
  close: (visit) => { visit.closed = true; },
  withdraw: (visit) => { visit.withdrawn = true; },
};

// `lines`: the parsed lines of one file. `siteOf` gives the site of a department.
export function visitsOf(lines, siteOf = () => null) {
  const [head, ...gestures] = lines;
  if (head.workload !== 1) throw new Error('the first line names no workload of version 1');
  const visits = new Map();
  gestures.forEach((line, number) => {
    if (!line.visit) return; // A gesture of the office.
    const visit = visits.get(line.visit) ?? visits.set(line.visit, new Visit(line.visit)).get(line.visit);
    acts[line.do]?.(visit, line, { phase: line.phase, store: `${line.tablet} ${line.person}`, id: number });
  });
  return [...visits.values()].filter((visit) => visit.plan).map((visit) => finished(visit, head.half_term, siteOf));
}

function finished(visit, h2, siteOf) {
  const { kind, teacher, department, rubric } = visit.plan;
  const observers = visit.observers();
  // Sharing hands in the sheet of an observer who is alone.
  const alone = observers.length === 1 && visit.shares.length > 0;
  const hasSubmitted = (o) => visit.submitted.has(o) || alone;
  const allIn = observers.every(hasSubmitted);
  const values = (fields) => new Map([...fields].map(([element, field]) => [element, field.values()]));
  return {
    id: visit.id, kind, teacher, department, site: siteOf(department), observers, h2, rubric,
    startMs: Math.min(...visit.start.values()), withdrawn: visit.withdrawn, done: allIn || visit.closed,
    shared: allIn && visit.shares.length > 0,
    sheets: new Map([...visit.sheets].map(([o, fields]) => [o, { submitted: hasSubmitted(o), ratings: values(fields) }])),
    consensus: { agreed: visit.isAgreed(), ratings: values(visit.consensus) },
    queries: [...visit.queries.values()].map((q) => ({ element: q.element, open: !q.closed && !q.resolved })),
  };
}
