// The school as this tablet knows it: the reference records that were handed out, by id.
import type { Calendar, Org, Person, Policy, RubricVersion, Template } from '#proto/directory_pb';
import { OrgKind, type Reference } from '#proto/directory_pb';
import type { VisitKind } from '#proto/observation_pb';
import { hex } from './bytes';

const dayMs = 86_400_000;

export class Directory {
  readonly people = new Map<string, Person>();
  readonly orgs = new Map<string, Org>();
  readonly rubrics = new Map<string, RubricVersion>();
  readonly templates = new Map<string, Template>();
  calendar: Calendar | null = null;
  policy: Policy | null = null;

  take(reference: Reference) {
    const { record } = reference;
    switch (record.case) {
      case 'person':
        this.people.set(hex(record.value.id), record.value);
        break;
      case 'org':
        this.orgs.set(hex(record.value.id), record.value);
        break;
      case 'rubricVersion':
        this.rubrics.set(hex(record.value.id), record.value);
        break;
      case 'template':
        this.templates.set(hex(record.value.id), record.value);
        break;
      case 'calendar':
        this.calendar = record.value;
        break;
      case 'policy':
        this.policy = record.value;
        break;
      default:
    }
  }

  nameOf(person: string): string {
    return this.people.get(person)?.displayName ?? '';
  }

  firstDepartment(person: string): string {
    const first = this.people.get(person)?.departments[0];
    return first === undefined ? '' : hex(first.org);
  }

  // The site or school above the organisation; empty: none.
  siteOf(org: string): string {
    for (let id = org, steps = 0; id !== '' && steps < 8; ++steps) {
      const found = this.orgs.get(id);
      if (found === undefined) return '';
      if (found.kind === OrgKind.SITE || found.kind === OrgKind.SCHOOL) return id;
      id = hex(found.parent);
    }
    return '';
  }

  templateFor(kind: VisitKind): Template | null {
    for (const template of this.templates.values()) if (template.kind === kind) return template;
    return null;
  }

  // The half-terms of the school year that the day is in, or that began last; as the server numbers
  // them (halfterm.v1.HalfTermNumber). Empty: no calendar is known.
  halfTermsOfYear(day: number): number[] {
    const years = this.calendar?.years ?? [];
    const begun = years.filter((year) => (year.halfTerms[0]?.startDay ?? Infinity) <= day);
    const year = begun.at(-1) ?? years[0];
    if (year === undefined) return [];
    return year.halfTerms.map(({ number }) => (year.firstYear - 2000) * 8 + number);
  }

  // Whether the school is open on the day (days since 1970).
  // School days after the day of `fromMs`, up to and with that of `toMs`; at most a year of them.
  schoolDaysBetween(fromMs: number, toMs: number): number {
    const first = Math.floor(fromMs / dayMs);
    const last = Math.min(Math.floor(toMs / dayMs), first + 400);
    let days = 0;
    for (let day = first + 1; day <= last; ++day) if (this.isSchoolDay(day)) days += 1;
    return days;
  }

  isSchoolDay(day: number): boolean {
    const weekday = (((day + 4) % 7) + 7) % 7;
    if (weekday === 0 || weekday === 6) return false;
    for (const year of this.calendar?.years ?? []) {
      for (const halfTerm of year.halfTerms) {
        if (day < halfTerm.startDay || day > halfTerm.endDay) continue;
        return !halfTerm.closedDays.includes(day);
      }
    }
    return false;
  }
}

// "Ms Kaur" -> K; "Anna Berg" -> AB. A title does not count.
export function initialsOf(name: string): string {
  const words = name
    .split(/\s+/)
    .filter((word) => !/^(mr|mrs|ms|miss|mx|dr|prof|sir)\.?$/i.test(word));
  const first = words[0]?.[0] ?? '';
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? '') : '';
  return (first + last).toUpperCase();
}
