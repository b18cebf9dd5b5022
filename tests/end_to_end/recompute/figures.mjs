// What observations add up to, worked out anew from whole visits: docs/rollups.md in another language.
// Nothing here is shared with the server, neither code nor constants, and nothing is kept from one
// visit to the next. Whole numbers only.
//
// A visit: { id, kind, teacher, department, site, observers, startMs, h2, rubric, withdrawn, shared,
//   done, sheets: Map observer -> { submitted, ratings: Map element -> [values] },
//   consensus: null | { agreed, ratings }, queries: [{ element, open }] }
// A list of values has one entry for each value that nobody has replaced; 0 is "not seen".

const COUNTED = new Set(['DEPT', 'TEAM', 'AST']);

export function isCounted(visit, policy) {
  if (!visit.teacher || visit.withdrawn || !visit.shared) return false;
  if (visit.kind === 'WALK') return policy.walkRated;
  if (visit.kind === 'MENTOR') return policy.mentorCounts;
  return COUNTED.has(visit.kind);
}

const differ = (values) => values.some((value) => value !== values[0]);

// The lower one of the two in the middle.
export function lowerMedian(levels) {
  const sorted = [...levels].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[Math.ceil(sorted.length / 2) - 1];
}

// Map element -> { level, unresolved }; level 0 where there is none.
export function levelsOf(visit) {
  const pages = visit.consensus?.agreed
    ? [visit.consensus.ratings]
    : visit.observers.map((o) => visit.sheets.get(o)).filter((s) => s?.submitted).map((s) => s.ratings);
  const queried = visit.queries.filter((q) => q.open);
  const levels = new Map();
  for (const element of new Set(pages.flatMap((page) => [...page.keys()]))) {
    const values = pages.map((page) => page.get(element)).filter(Boolean);
    const settled = values.filter((v) => v.length > 0 && !differ(v)).map((v) => v[0]).filter((v) => v > 0);
    const isQueried = queried.some((q) => !q.element || q.element === element);
    levels.set(element, { level: isQueried ? 0 : lowerMedian(settled), unresolved: values.some(differ) });
  }
  return levels;
}

// Of one teacher's visits with one rubric: { visits, observers, elements: Map }.
export function teacherFigures(visits) {
  const elements = new Map();
  const latestFirst = [...visits].sort((a, b) => b.startMs - a.startMs || (a.id < b.id ? -1 : 1));
  for (const visit of latestFirst) {
    for (const [element, { level, unresolved }] of levelsOf(visit)) {
      if (!level && !unresolved) continue;
      if (!elements.has(element)) elements.set(element, { n: 0, sum: 0, levels: [], unresolved: 0, last: null });
      const sums = elements.get(element);
      if (unresolved) sums.unresolved += 1;
      if (!level) continue;
      sums.n += 1;
      sums.sum += level;
      sums.levels.push(level);
      sums.last ??= { level, startMs: visit.startMs, visit: visit.id };
    }
  }
  for (const sums of elements.values()) {
    sums.median = lowerMedian(sums.levels);
    sums.mean = meanMillionths(sums.sum, sums.n);
  }
  const observers = new Set(visits.flatMap((v) => v.observers));
  return { visits: visits.length, observers: observers.size, elements };
}

export function meanMillionths(sum, n) {
  return n === 0 ? 0n : (BigInt(sum) * 1_000_000n + BigInt(n) / 2n) / BigInt(n);
}

// Of several teachers' figures: the mean of their means.
export function groupFigures(teachers) {
  const elements = new Map();
  for (const figures of teachers) {
    for (const [element, sums] of figures.elements) {
      if (!elements.has(element)) elements.set(element, { teachers: 0, n: 0, means: 0n, medians: [], unresolved: 0 });
      const group = elements.get(element);
      group.unresolved += sums.unresolved;
      if (sums.n === 0) continue;
      group.teachers += 1;
      group.n += sums.n;
      group.means += sums.mean;
      group.medians.push(sums.median);
    }
  }
  for (const group of elements.values()) {
    const count = BigInt(group.teachers);
    group.mean = count === 0n ? 0n : (group.means + count / 2n) / count;
  }
  return { visits: teachers.reduce((sum, t) => sum + t.visits, 0), elements };
}

export function histogram(levels, length) {
  const counts = new Array(length).fill(0);
  for (const level of levels) {
    if (level > length) throw new Error(`level ${level} of ${length}`);
    counts[level - 1] += 1;
  }
  return counts;
}

// Visits by what `keyOf` gives.
export function groupBy(visits, keyOf) {
  const groups = new Map();
  for (const visit of visits) {
    const key = keyOf(visit);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(visit);
  }
  return groups;
}
