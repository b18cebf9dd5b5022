#!/usr/bin/env node
// Works out every summary anew from what was put in, in another language and without the server's code,
// and compares it with what the server answered.
//
//   node recompute.mjs --records records.ndjson [--edits edits.ndjson] REPLY.json ...
//   node recompute.mjs --gestures half-term-1.ndjson REPLY.json ...
//
// REPLY.json holds what `halfterm summary ... --json` and `halfterm coverage ... --json` print, as many
// as you like, one after another; "-" reads standard input. --all also wants a page of every teacher,
// department and school with a counted visit. Exit 1 on any difference.
//
// Teachers' pages must have been read by somebody who leads all of the teacher's departments, and
// schools' pages by a head whom nobody observes.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import * as common from './recompute/common-workload.mjs';
import { Comparison, ONLY_SITE, jsonValuesIn } from './recompute/compare.mjs';
import * as gestures from './recompute/gestures.mjs';

const SHOWN = 20;

const linesOf = (path) => readFileSync(path, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));

function commonModel(recordsPath, editsPath) {
  const visits = common.visitsOf(linesOf(recordsPath), editsPath ? linesOf(editsPath) : []);
  const teachers = new Map();
  for (const v of visits) teachers.set(v.department, (teachers.get(v.department) ?? new Set()).add(v.teacher));
  const heads = new Array(common.HEADS_OF_DEPARTMENT).fill(0).map((_, i) => `head ${i}`);
  const peopleOf = (department) => [...(teachers.get(department) ?? []), ...heads];
  return { visits, policy: common.POLICY, zone: common.ZONE, terms: common.TERMS, rules: common.RULES, peopleOf, everybodyIsShown: true };
}

// A file of gestures says nothing of rosters and rules: its coverage is not compared.
function gesturesModel(paths) {
  const visits = paths.flatMap((path) => gestures.visitsOf(linesOf(path), () => ONLY_SITE));
  return { visits, policy: { walkRated: false, mentorCounts: false } };
}

const { values: flags, positionals: replies } = parseArgs({
  allowPositionals: true,
  options: {
    records: { type: 'string' }, edits: { type: 'string' }, gestures: { type: 'string', multiple: true },
    all: { type: 'boolean' },
  },
});
if (!flags.records === !flags.gestures || replies.length === 0) {
  console.error('recompute.mjs: name --records or --gestures, and files of replies');
  process.exit(2);
}
const model = flags.records ? commonModel(flags.records, flags.edits) : gesturesModel(flags.gestures);
const comparison = new Comparison(model);
for (const path of replies) {
  for (const reply of jsonValuesIn(readFileSync(path === '-' ? 0 : path, 'utf8'))) comparison.add(reply);
}
const { differences, figures, pages } = comparison;
if (flags.all) differences.push(...comparison.missing());
const of = Object.entries(pages).map(([kind, ids]) => `${ids.size} ${kind}`).join(', ');
console.log(`compared ${figures} figures on the pages of ${of}: ${differences.length} differences`);
for (const difference of differences.slice(0, SHOWN)) console.log(`  ${difference}`);
if (differences.length > SHOWN) console.log(`  and ${differences.length - SHOWN} more`);
process.exit(differences.length > 0 || figures === 0 ? 1 : 0);
