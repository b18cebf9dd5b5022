// Which questions each page asks, by what the person's live roles open: what no role opens is not asked.
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { AuditAct } from '#proto/audit_pb';
import { OrgKind } from '#proto/directory_pb';
import { HelpView } from '#proto/help_pb';
import { hex } from '../../model/bytes';
import type { FigureCalls } from '../../transport/calls';
import type {
  AboutMe,
  Areas,
  Figures,
  HalfTerm,
  Help,
  Loaded,
  Reason,
  Section,
  TeacherLoad,
} from '../contract';
import type { Desk } from '../desk';
import { Derived } from '../observable';
import { cycleOf } from '../practice/cycle';
import { helpOf } from '../practice/help';
import { managementOf } from '../practice/management';
import { areasOf, areasToNote, openAreas } from './areas';
import { Asking, type Question } from './asking';
import { coverageOf } from './coverage';
import { halfTermFor, halfTermsOf, lastOver, lastSix } from './half-terms';
import { loadIn } from './load';
import { federationFigures, frozenFigures, frozenMatrix, liveMatrix } from './matrix';
import { FigurePage, type Plan } from './page';
import { agreementOf, packOf } from './practice';
import {
  aboutMeQuestion,
  agreementQuestion,
  changesQuestion,
  coverageQuestion,
  cycleQuestion,
  departmentQuestion,
  federationQuestion,
  frozenQuestion,
  heatMapQuestion,
  helpQuestion,
  loadQuestion,
  managementQuestion,
  ownLoadQuestion,
  packQuestion,
  schoolQuestion,
  teacherQuestion,
} from './questions';
import { reasonsOf } from './reasons';
import { groupTrends, type Known, teacherTrends } from './trends';

export class FigurePages {
  readonly #desk: () => Desk | null;
  readonly #asking: Asking;
  readonly #pages = new Map<string, FigurePage<unknown>>();
  readonly #areas: Derived<Loaded<Areas>>;
  readonly #halfTerms: Derived<readonly HalfTerm[]>;
  #areasSeen = '';
  readonly figures: Figures;

  constructor(desk: () => Desk | null, calls: FigureCalls, nowMs: () => number) {
    this.#desk = desk;
    this.#asking = new Asking(desk, calls, nowMs);
    this.#asking.changed = () => this.#invalidate();
    this.#areas = new Derived((): Loaded<Areas> => {
      const here = desk();
      return here === null
        ? { kind: 'loading' }
        : { kind: 'ready', value: areasOf(here, here.nowMs()) };
    });
    this.#halfTerms = new Derived(() => {
      const here = desk();
      return here === null ? [] : halfTermsOf(here.directory);
    });
    const page = <T>(key: string, plan: (at: Desk) => Plan<T> | null): FigurePage<T> => {
      const known = this.#pages.get(key);
      // One key, one kind of page.
      if (known !== undefined) return known as FigurePage<T>;
      const made = new FigurePage(desk, this.#asking, plan);
      this.#pages.set(key, made as FigurePage<unknown>);
      return made;
    };
    this.figures = {
      areas: this.#areas,
      halfTerms: this.#halfTerms,
      coverage: (org, h2) => page(`coverage/${org}/${h2}`, (at) => this.#coverage(at, org, h2)),
      load: (teacher) => page(`load/${teacher}`, (at) => this.#load(at, teacher)),
      trendsOfTeacher: (id, h2) => page(`teacher/${id}/${h2}`, (at) => this.#teacher(at, id, h2)),
      trendsOfGroup: (org, h2) => page(`group/${org}/${h2}`, (at) => this.#group(at, org, h2)),
      matrix: (org, h2) => page(`matrix/${org}/${h2}`, (at) => this.#matrix(at, org, h2)),
      frozen: (school, h2) => page(`frozen/${school}/${h2}`, (at) => this.#frozen(at, school, h2)),
      federation: (org, h2) =>
        page(`federation/${org}/${h2}`, (at) => {
          const asked = h2 === 0 ? lastOver(halfTermsOf(at.directory), at.nowMs()) : h2;
          return this.#section(at, org, 'federation', federationQuestion(org, asked), (reply) =>
            federationFigures(at, reply),
          );
        }),
      pack: (org) =>
        page(`pack/${org}`, (at) =>
          this.#section(at, org, 'pack', packQuestion(org), (reply) => packOf(at, org, reply)),
        ),
      cycle: (org) =>
        page(`cycle/${org}`, (at) =>
          this.#section(at, org, 'cycle', cycleQuestion(org), (reply) => cycleOf(at, reply)),
        ),
      help: (org) => page(`help/${org}`, (at) => this.#help(at, org)),
      agreement: (org) =>
        page(`agreement/${org}`, (at) =>
          this.#section(at, org, 'agreement', agreementQuestion(org), agreementOf),
        ),
      management: (org) =>
        page(`management/${org}`, (at) =>
          this.#section(at, org, 'management', managementQuestion(org), (reply) =>
            managementOf(at, org, reply),
          ),
        ),
      aboutMe: page('about-me', () => this.#aboutMe()),
      askAgain: () => this.#asking.askAgain(),
    };
  }

  // After each change on the tablet, and from time to time: a role ends by the day, too.
  look() {
    this.#asking.look();
    const desk = this.#desk();
    if (desk !== null) this.#lookAtAreas(desk);
    this.#invalidate();
  }

  #lookAtAreas(desk: Desk) {
    const note = areasToNote(desk);
    if (note !== null) void desk.store.setLocal(note).catch(() => {});
    const orgs = openAreas(desk).map(({ org }) => org);
    const seen = `${desk.me}/${orgs.join()}`;
    if (seen === this.#areasSeen || desk.signed.lastContactMs === 0) return;
    this.#areasSeen = seen;
    void this.#asking.forgetBut(new Set(['me', ...orgs]));
  }

  #invalidate() {
    this.#areas.invalidate();
    this.#halfTerms.invalidate();
    for (const page of this.#pages.values()) page.invalidate();
  }

  #reply<D extends DescMessage>(question: Question<D>): MessageShape<D> | null {
    return this.#asking.known(question).reply;
  }

  // The area through which the person may ask about an organisation; null: none.
  #areaFor(desk: Desk, org: string): string | null {
    const areas = openAreas(desk);
    if (areas.some((area) => area.kind === 'department' && area.org === org)) return org;
    const { directory } = desk;
    const schools = areas.filter(({ kind }) => kind === 'school');
    const above = schools.find((area) => area.org === org || directory.siteOf(org) === area.org);
    return above?.org ?? null;
  }

  #halfTerm(desk: Desk, h2: number) {
    const all = halfTermsOf(desk.directory);
    const asked = halfTermFor(all, h2, desk.nowMs());
    return asked === null ? null : { asked, six: lastSix(all, asked) };
  }

  #coverage(desk: Desk, org: string, h2: number) {
    const area = this.#areaFor(desk, org);
    const halfTerm = this.#halfTerm(desk, h2);
    if (area === null || halfTerm === null) return null;
    const isDepartment = desk.directory.orgs.get(org)?.kind === OrgKind.DEPARTMENT;
    const question = coverageQuestion(area, org, halfTerm.asked.h2, !isDepartment);
    const load = isDepartment ? loadQuestion(area, org) : null;
    const changes = changesQuestion(area, { org }, halfTerm.asked.h2);
    return {
      questions: [question],
      beside: load === null ? [changes] : [load, changes],
      make: () => {
        const { reply, before } = this.#asking.known(question);
        const loads = load === null ? null : this.#reply(load);
        const reasons = reasonsOf(this.#reply(changes));
        return reply === null ? null : coverageOf(desk, org, reply, before, loads, reasons);
      },
    };
  }

  // The department of a colleague through which the person may ask about them, and its area.
  #through(desk: Desk, teacher: string) {
    for (const { org } of desk.directory.people.get(teacher)?.departments ?? []) {
      const department = hex(org);
      const area = this.#areaFor(desk, department);
      if (area !== null) return { area, department };
    }
    return null;
  }

  #load(desk: Desk, teacher: string): Plan<TeacherLoad> | null {
    const through = teacher === desk.me ? null : this.#through(desk, teacher);
    if (teacher !== desk.me && through === null) return null;
    const question =
      through === null ? ownLoadQuestion(teacher) : loadQuestion(through.area, through.department);
    return {
      questions: [question],
      make: () => {
        const reply = this.#reply(question);
        return reply === null ? null : { load: loadIn(reply, teacher) };
      },
    };
  }

  #teacher(desk: Desk, teacher: string, h2: number) {
    const halfTerm = this.#halfTerm(desk, h2);
    const area = teacher === desk.me ? 'me' : this.#through(desk, teacher)?.area;
    if (halfTerm === null || area === undefined) return null;
    return this.#sixHalfTerms(
      halfTerm.six,
      (one) => teacherQuestion(area, teacher, one),
      changesQuestion(area, { teacher }, halfTerm.asked.h2),
      (known, reasons) => teacherTrends(desk, teacher, known, reasons),
    );
  }

  #group(desk: Desk, org: string, h2: number) {
    const area = this.#areaFor(desk, org);
    const halfTerm = this.#halfTerm(desk, h2);
    if (area === null || halfTerm === null) return null;
    const changes = changesQuestion(area, { org }, halfTerm.asked.h2);
    if (desk.directory.orgs.get(org)?.kind === OrgKind.DEPARTMENT) {
      return this.#sixHalfTerms(
        halfTerm.six,
        (one) => departmentQuestion(area, org, one),
        changes,
        (known, reasons) => groupTrends(desk, 'department', known, reasons),
      );
    }
    return this.#sixHalfTerms(
      halfTerm.six,
      (one) => schoolQuestion(area, org, one),
      changes,
      (known, reasons) => groupTrends(desk, 'school', known, reasons),
    );
  }

  // Shown once each half-term has been answered, now or before: half a chart would be a wrong one.
  #sixHalfTerms<D extends DescMessage, T>(
    six: readonly HalfTerm[],
    questionOf: (h2: number) => Question<D>,
    changes: ReturnType<typeof changesQuestion>,
    make: (known: Known<MessageShape<D>>[], reasons: readonly Reason[]) => T | null,
  ): Plan<T> {
    const asked = six.map((halfTerm) => ({ halfTerm, question: questionOf(halfTerm.h2) }));
    return {
      questions: asked.map(({ question }) => question),
      beside: [changes],
      make: () => {
        const known = asked.map(({ halfTerm, question }) => ({
          halfTerm,
          ...this.#asking.known(question),
        }));
        if (known.some(({ reply, isGone }) => reply === null && !isGone)) return null;
        return make(known, reasonsOf(this.#reply(changes)));
      },
    };
  }

  #matrix(desk: Desk, org: string, h2: number) {
    const halfTerm = this.#halfTerm(desk, h2);
    const area = openAreas(desk).find((one) => one.org === org);
    if (halfTerm === null || area === undefined) return null;
    if (area.kind === 'school') {
      const question = heatMapQuestion(org, halfTerm.asked.h2);
      return {
        questions: [question],
        make: () => {
          const { reply, before } = this.#asking.known(question);
          return reply === null ? null : liveMatrix(desk, reply, before);
        },
      };
    }
    const school = area.kind === 'department' ? desk.directory.siteOf(org) : org;
    const question = frozenQuestion(org, school, h2);
    return {
      questions: [question],
      make: () => {
        const reply = this.#reply(question);
        return reply === null ? null : frozenMatrix(desk, reply);
      },
    };
  }

  #frozen(desk: Desk, school: string, h2: number) {
    const opens = openAreas(desk).some(
      ({ org, sections }) => org === school && sections.includes('halfTerm'),
    );
    if (!opens) return null;
    const question = frozenQuestion(school, school, h2);
    return {
      questions: [question],
      make: () => {
        const reply = this.#reply(question);
        return reply === null ? null : frozenFigures(desk, reply);
      },
    };
  }

  // A page of one question, for whom an area of that organisation has that section.
  #section<D extends DescMessage, T>(
    desk: Desk,
    org: string,
    section: Section,
    question: Question<D>,
    make: (reply: MessageShape<D>) => T,
  ): Plan<T> | null {
    const opens = openAreas(desk).some(
      (area) => area.org === org && area.sections.includes(section),
    );
    if (!opens) return null;
    return {
      questions: [question],
      make: () => {
        const reply = this.#reply(question);
        return reply === null ? null : make(reply);
      },
    };
  }

  #help(desk: Desk, org: string): Plan<Help> | null {
    const area = openAreas(desk).find((one) => one.org === org && one.sections.includes('help'));
    if (area === undefined) return null;
    const side = area.kind === 'referrals' ? 'helper' : 'leader';
    const view = side === 'helper' ? HelpView.HELPER : HelpView.LEADER;
    const question = helpQuestion(area.org, view);
    return {
      questions: [question],
      make: () => {
        const reply = this.#reply(question);
        return reply === null ? null : helpOf(desk, side, reply);
      },
    };
  }

  #aboutMe(): Plan<AboutMe> {
    return {
      questions: [aboutMeQuestion],
      make: () => {
        const reply = this.#reply(aboutMeQuestion);
        if (reply === null) return null;
        return {
          readers: reply.readers,
          readings: reply.readings.map(({ displayName, atMs, act, records }) => ({
            name: displayName,
            atMs: Number(atMs),
            act: acts[act] ?? 'other',
            visits: records.length,
          })),
          more: reply.more,
        };
      },
    };
  }
}

const acts: Readonly<Partial<Record<AuditAct, AboutMe['readings'][number]['act']>>> = {
  [AuditAct.READ_FEEDBACK]: 'feedback',
  [AuditAct.READ_FIGURES]: 'figures',
  [AuditAct.READ_LIST]: 'list',
};
