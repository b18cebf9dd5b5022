// A head of department and a senior leader with a tablet each, who may both visit one teacher.

import { TabletPage } from './pages/tablet';
import { type Member, School } from './school';

export interface TwoObservers {
  readonly school: School;
  readonly leads: TabletPage;
  readonly joins: TabletPage;
  readonly lead: Member;
  readonly other: Member;
  readonly teacher: Member;
}

export async function twoObservers(
  ...options: Parameters<typeof School.open>
): Promise<TwoObservers> {
  const school = await School.open(...options);
  const lead = school.holder('hod', 1);
  const other = school.holder('slt');
  const teacher = school.teacherOf(lead.org);
  const leads = await new TabletPage(school.address).on();
  const joins = await new TabletPage(school.address).on();
  await leads.enrol(school.invite(lead));
  await joins.enrol(school.invite(other));
  await leads.knows(teacher.name);
  return { school, leads, joins, lead, other, teacher };
}
