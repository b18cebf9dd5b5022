// Shows what of the server's copy a tablet shows when roles end and when it stays away for long.
import { describe, expect, it } from 'vitest';
import { concat, unhex } from '../model/bytes';
import { endedRoles, type SightFacts, type SightGrant, scopeLetters, sightOf } from './sight';

const dayMs = 86_400_000;
const me = '0a'.repeat(16);
const maths = unhex('0b'.repeat(16));
const art = unhex('0c'.repeat(16));
const mathsScope = scopeLetters(3, maths);
const artScope = scopeLetters(3, art);
const mine = scopeLetters(2, unhex(me));
const staff = scopeLetters(1, new Uint8Array(16));
const record = '0d'.repeat(16);
const zeros = '00'.repeat(16);
const feedback = `${record}04${zeros}`;
const plan = `${record}01${zeros}`;
const mySheet = `${record}02${me}`;
const body = `${record}0a${zeros}`;
const held = (...scopes: string[]) => concat(...scopes.map(unhex));

const head: SightGrant = {
  role: 5,
  org: '0b'.repeat(16),
  fromDay: 100,
  toDay: 200,
  scopes: [mathsScope],
};
const on = (day: number, change: Partial<SightFacts> = {}) =>
  sightOf({
    me,
    grants: [head],
    lastContactMs: day * dayMs,
    leaseDays: 14,
    nowMs: day * dayMs + 1,
    ...change,
  });

describe('What a tablet shows', () => {
  it('is what a live role opens, and what is the person’s own', () => {
    expect(on(200).shows(feedback, held(mathsScope))).toBe(true);
    expect(on(200).shows(feedback, held(artScope))).toBe(false);
    expect(on(200).shows(feedback, held(mine))).toBe(true);
    expect(on(200).shows(feedback, held(staff))).toBe(true);
  });

  it('ends with the role’s last day on a tablet that nobody told since', () => {
    const away = { lastContactMs: 195 * dayMs };
    expect(on(200, away).shows(feedback, held(mathsScope))).toBe(true);
    expect(on(201, away).shows(feedback, held(mathsScope))).toBe(false);
    expect(on(201, away).shows(feedback, held(mathsScope, mine))).toBe(true);
    expect(on(99, away).shows(feedback, held(mathsScope))).toBe(false);
    expect(on(201, away).key).not.toBe(on(200, away).key);
  });

  it('ends with the lease, all but what is on this tablet alone', () => {
    const away = { lastContactMs: 150 * dayMs };
    expect(on(164, { ...away, nowMs: 164 * dayMs }).leaseOver).toBe(false);
    expect(on(164, away).leaseOver).toBe(true);
    expect(on(164, away).shows(feedback, held(mine))).toBe(false);
    expect(on(164, away).shows(plan, held(mine))).toBe(true);
    expect(on(164, away).shows(plan, held(mathsScope))).toBe(false);
    expect(on(164, away).shows(mySheet, held(mathsScope))).toBe(true);
    expect(on(164, away).shows(body, held(staff))).toBe(true);
    expect(on(164, { ...away, leaseDays: 0 }).leaseOver).toBe(false);
    expect(on(164, { lastContactMs: 0 }).leaseOver).toBe(false);
  });

  it('is everything in a store of before scopes were kept', () => {
    const grants = [{ ...head, scopes: null }];
    expect(on(201, { grants }).shows(feedback, held(mathsScope))).toBe(true);
  });

  it('says which role has ended, unless another one goes on there', () => {
    expect(endedRoles([head], 200 * dayMs)).toEqual([]);
    expect(endedRoles([head], 201 * dayMs)).toEqual([{ org: head.org, dateMs: 200 * dayMs }]);
    const again = { ...head, fromDay: 201, toDay: 0 };
    expect(endedRoles([head, again], 201 * dayMs)).toEqual([]);
  });
});
