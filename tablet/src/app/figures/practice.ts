// The server's answers about the feedback loop, as pages show them.
import {
  type AgreementFigures as AgreementFiguresReply,
  type AgreementReply,
  type Certificate,
  CertificateState,
  type Estimate as EstimateReply,
} from '#proto/agreement_pb';
import { Role } from '#proto/directory_pb';
import type { HelpingReply, HelpThread as HelpThreadReply } from '#proto/help_pb';
import {
  type CycleReply,
  type CycleState as CycleStateReply,
  PackItemKind,
  type PackItem as PackItemReply,
  type ReviewOfCycle,
  type WeeklyPackReply,
} from '#proto/leadership_pb';
import { ManagementGapReason, type ManagementReply, ManagementStatus } from '#proto/management_pb';
import { Strand } from '#proto/observation_pb';
import { CheckPointState, ReferralLevel, ReferralOutcome } from '#proto/referral_pb';
import { hex } from '../../model/bytes';
import type {
  Agreement,
  AgreementFigures,
  CertificateSeen,
  Cycle,
  CycleReview,
  CycleState,
  Estimate,
  Help,
  HelpThread,
  Management,
  ManagementEntry,
  Pack,
  PackItem,
} from '../contract';
import { type Desk, stepStatus } from '../desk';
import { completenessOf, stateOf } from './coverage';
import { halfTermsOf } from './half-terms';

const dayMs = 86_400_000;
// The server leaves days out as 0.
const dayOrNull = (day: number) => (day === 0 ? null : day * dayMs);
const halfTermAt = (desk: Desk, h2: number) =>
  halfTermsOf(desk.directory).find((one) => one.h2 === h2) ?? null;

// --- The weekly pack. ---

export function packOf(desk: Desk, reply: WeeklyPackReply): Pack {
  const titles = [...new Set(reply.coverage.map(({ title }) => title))];
  return {
    name: reply.name,
    dayMs: reply.day * dayMs,
    halfTerm: halfTermAt(desk, reply.h2),
    praise: {
      visits: reply.praise?.visits ?? 0,
      teachers: reply.praise?.teachers ?? 0,
      words: (reply.praise?.words ?? []).map(({ visit, displayName, text }, i) => ({
        key: `${hex(visit)}${i}`,
        teacher: displayName,
        text,
      })),
    },
    decisions: reply.decisions.map(itemOf),
    coverage: titles.map((title) => ({
      title,
      departments: reply.coverage
        .filter((one) => one.title === title)
        .map((one) => ({
          name: one.departmentName,
          done: one.done,
          eligible: one.eligible,
          booked: one.booked,
          bookSoon: one.atRisk,
          overdue: one.overdue,
          waiting: one.waiting.map(({ displayName, state }) => ({
            name: displayName,
            state: stateOf(state),
          })),
        })),
    })),
    toShare: byAuthor(reply.toShare),
    notAcknowledged: reply.notAcknowledged.length,
    referrals: reply.referrals.map(itemOf),
    steps: {
      n: reply.steps.length,
      overdue: reply.steps.filter(({ overdue }) => overdue).length,
    },
    cycle: reply.cycle === undefined ? null : cycleState(desk, reply.cycle),
    cut: reply.cut,
    complete: completenessOf(reply.watermark),
  };
}

function itemOf(item: PackItemReply, i: number): PackItem {
  return {
    key: `${hex(item.record)}${i}`,
    dayMs: item.day * dayMs,
    owner: item.ownerName,
    teacher: item.teacherName,
    text: item.text,
    overdue: item.overdue,
    revisits: item.revisits,
    isPlan: item.kind === PackItemKind.SUPPORT_PLAN,
  };
}

function byAuthor(items: readonly PackItemReply[]): Pack['toShare'] {
  const authors = new Map<string, { n: number; sinceMs: number }>();
  for (const { ownerName, day } of items) {
    const known = authors.get(ownerName);
    authors.set(ownerName, {
      n: (known?.n ?? 0) + 1,
      sinceMs: Math.min(known?.sinceMs ?? day * dayMs, day * dayMs),
    });
  }
  return [...authors]
    .map(([author, of]) => ({ author, ...of }))
    .sort((a, b) => a.author.localeCompare(b.author, 'en-GB'));
}

// --- The six-week cycle. ---

function cycleState(desk: Desk, state: CycleStateReply): CycleState {
  const today = Math.floor(desk.nowMs() / dayMs);
  const next = state.weeks.find(({ fromDay }) => fromDay > today);
  return {
    id: hex(state.cycle),
    title: state.title,
    fromMs: state.fromDay * dayMs,
    toMs: state.toDay * dayMs,
    weeks: state.weeks.length,
    week: state.week,
    nextWeek: next === undefined ? null : { number: next.number, fromMs: next.fromDay * dayMs },
    nextCheckpointMs: dayOrNull(state.nextCheckpointDay),
  };
}

export function cycleOf(desk: Desk, reply: CycleReply): Cycle {
  return {
    state: reply.cycle === undefined ? null : cycleState(desk, reply.cycle),
    reviews: reply.reviews.map((review) => reviewOf(desk, review)),
    complete: completenessOf(reply.watermark),
  };
}

const checkPointStates: Readonly<
  Partial<Record<CheckPointState, CycleReview['checkPoints'][number]['state']>>
> = {
  [CheckPointState.ON_TRACK]: 'onTrack',
  [CheckPointState.BEHIND]: 'behind',
  [CheckPointState.REACHED]: 'reached',
};

function reviewOf(desk: Desk, { scope, name, record, review, ...of }: ReviewOfCycle): CycleReview {
  const today = Math.floor(desk.nowMs() / dayMs);
  return {
    scope: hex(scope),
    name,
    begun: record.length > 0,
    targets: (review?.targets ?? []).map(({ key, text = '', value, atMost }) => ({
      key: hex(key),
      text,
      aim: value === undefined ? '' : `${atMost === true ? '≤' : '≥'} ${value}`,
    })),
    targetsMet: of.targetsMet,
    targetsMeasured: of.targetsMeasured,
    checkPoints: (review?.checkPoints ?? []).map(({ week, state, text = '' }) => ({
      week,
      state: (state === undefined ? undefined : checkPointStates[state]) ?? 'none',
      text,
    })),
    decisions: (review?.decisions ?? []).map(({ key, text = '', owner, dueDay, done = false }) => ({
      key: hex(key),
      text,
      owner: owner === undefined ? '' : desk.directory.nameOf(hex(owner)),
      dueMs: dueDay === undefined ? null : dueDay * dayMs,
      done,
      overdue: !done && dueDay !== undefined && dueDay < today,
    })),
  };
}

// --- Help. ---

const referralLevels: Readonly<Partial<Record<ReferralLevel, HelpThread['level']>>> = {
  [ReferralLevel.CONSENTED]: 'consented',
  [ReferralLevel.ACTIVE]: 'active',
  [ReferralLevel.OUTCOME]: 'outcome',
  [ReferralLevel.CLOSED]: 'closed',
};
const outcomes: Readonly<Partial<Record<ReferralOutcome, HelpThread['outcome']>>> = {
  [ReferralOutcome.EMBEDDED]: 'embedded',
  [ReferralOutcome.CONTINUING]: 'continuing',
  [ReferralOutcome.NOT_NEEDED]: 'notNeeded',
};

export function helpOf(desk: Desk, reply: HelpingReply): Help {
  return {
    threads: reply.threads.map((thread) => threadOf(desk, thread)),
    departments: reply.trends.map(({ name, points }) => ({
      name,
      points: points.flatMap(({ h2, levels }) => {
        const halfTerm = halfTermAt(desk, h2);
        if (halfTerm === null) return [];
        return [
          {
            halfTerm,
            levels: levels.map(({ rubricVersion, element, meanTenths }) => ({
              element: elementTitle(desk, hex(rubricVersion), element),
              tenths: meanTenths,
            })),
          },
        ];
      }),
    })),
    complete: completenessOf(reply.watermark),
  };
}

function elementTitle(desk: Desk, rubric: string, element: number): string {
  const known = desk.directory.rubrics.get(rubric) ?? [...desk.directory.rubrics.values()][0];
  return known?.elements.find(({ number }) => number === element)?.title ?? String(element);
}

function threadOf(desk: Desk, thread: HelpThreadReply): HelpThread {
  const { body } = thread;
  const level = referralLevels[body?.phase?.level ?? ReferralLevel.OPEN] ?? 'open';
  const given = thread.consent?.given;
  return {
    id: hex(thread.record),
    isPlan: thread.isSupportPlan,
    teacher: thread.subjectName,
    department: thread.departmentName,
    helper: thread.helperName,
    elements: (body?.reasonElements ?? []).map(({ element }) => elementTitle(desk, '', element)),
    aims: (body?.aims ?? []).map(({ text = '' }) => text),
    consent: given === true || level !== 'open' ? 'given' : given === false ? 'refused' : 'waiting',
    level,
    outcome: body?.outcome === undefined ? null : (outcomes[body.outcome] ?? null),
    nextMs: dayOrNull(thread.nextDay),
    revisits: thread.revisits.map(({ visit, lessonStartMs }) => ({
      visitId: hex(visit),
      lessonMs: lessonStartMs === 0n ? null : Number(lessonStartMs),
      mayOpen: desk.store.facetsOf(hex(visit)).length > 0,
    })),
    steps: thread.steps.map(({ visit, step, overdue }, i) => ({
      key: `${hex(visit)}${i}`,
      text: step?.text ?? '',
      dueMs: step?.dueDay === undefined ? null : step.dueDay * dayMs,
      status: stepStatus(step?.status),
      overdue,
    })),
    evidence: (thread.evidence?.levels ?? []).map(({ rubricVersion, element, level: said }) => ({
      element: elementTitle(desk, hex(rubricVersion), element),
      level: said,
    })),
  };
}

// --- How alike observers rate. ---

const hundredths = (millionths: bigint) => Math.round(Number(millionths) / 10_000);

function estimateOf(estimate: EstimateReply | undefined): Estimate | null {
  if (estimate === undefined) return null;
  return {
    value: hundredths(estimate.millionths),
    low: hundredths(estimate.lowMillionths),
    high: hundredths(estimate.highMillionths),
  };
}

const figuresOf = (figures: AgreementFiguresReply): AgreementFigures => ({
  pairs: figures.pairs,
  visits: figures.visits,
  observers: figures.observers,
  exact: figures.exact,
  withinOne: figures.withinOne,
  kappa: estimateOf(figures.kappa),
  icc: estimateOf(figures.icc),
  withheld: figures.withheld,
});

const certificateStates: Readonly<Partial<Record<CertificateState, CertificateSeen['state']>>> = {
  [CertificateState.VALID]: 'valid',
  [CertificateState.ENDS_SOON]: 'endsSoon',
  [CertificateState.EXPIRED]: 'expired',
};

const certificateOf = (certificate: Certificate | undefined): CertificateSeen => ({
  name: certificate?.displayName ?? '',
  state: certificateStates[certificate?.state ?? CertificateState.NONE] ?? 'none',
  untilMs: dayOrNull(certificate?.toDay ?? 0),
  drift: certificate?.drift ?? false,
});

export function agreementOf(reply: AgreementReply): Agreement {
  const elements = (of: AgreementReply['ownElements']) =>
    of.flatMap(({ title, figures }) =>
      figures === undefined ? [] : [{ title, figures: figuresOf(figures) }],
    );
  return {
    fromMs: reply.fromDay * dayMs,
    own: reply.own === undefined ? null : figuresOf(reply.own),
    ownElements: elements(reply.ownElements),
    certificate: certificateOf(reply.ownCertificate),
    school: reply.school === undefined ? null : figuresOf(reply.school),
    schoolElements: elements(reply.schoolElements),
    certificates: reply.certificates.map(certificateOf),
    doubleCoded: reply.doubleCoded,
    doubleCodable: reply.doubleCodable,
    complete: completenessOf(reply.watermark),
  };
}

// --- The management matrix. ---

const strands: Readonly<Partial<Record<Strand, ManagementEntry['strand']>>> = {
  [Strand.TEACHING]: 'teaching',
  [Strand.LEARNING]: 'learning',
  [Strand.BEHAVIOUR]: 'behaviour',
};
const statuses: Readonly<Partial<Record<ManagementStatus, ManagementEntry['status']>>> = {
  [ManagementStatus.PLANNED]: 'planned',
  [ManagementStatus.UNDER_WAY]: 'underWay',
  [ManagementStatus.IN_PLACE]: 'inPlace',
  [ManagementStatus.NEEDS_HELP]: 'needsHelp',
};
const gapReasons: Readonly<
  Partial<Record<ManagementGapReason, Management['gaps'][number]['why']>>
> = {
  [ManagementGapReason.NO_OWNER]: 'noOwner',
  [ManagementGapReason.OWNER_GONE]: 'ownerGone',
  [ManagementGapReason.NO_OBJECTIVE]: 'noObjective',
  [ManagementGapReason.NO_EVIDENCE]: 'noEvidence',
};
const strandOf = (strand: Strand | undefined) =>
  (strand === undefined ? undefined : strands[strand]) ?? 'whole';

export function managementOf(reply: ManagementReply): Management {
  return {
    name: reply.name,
    roles: reply.roles.map((role) => Role[role] ?? ''),
    functions: reply.functions,
    cells: reply.cells.map(({ record, cell, ownerName, ownerUntilDay }) => ({
      key: hex(record),
      role: Role[cell?.role ?? 0] ?? '',
      fn: cell?.function ?? '',
      strand: strandOf(cell?.strand),
      owner: ownerName,
      objective: cell?.objective ?? '',
      status: statuses[cell?.status ?? ManagementStatus.UNSPECIFIED] ?? 'none',
      evidence: cell?.evidence.length ?? 0,
      untilMs: dayOrNull(ownerUntilDay),
    })),
    gaps: reply.gaps.map(({ role, function: fn, strand, record, reason }, i) => ({
      key: `${hex(record)}${i}`,
      role: Role[role] ?? '',
      fn,
      strand: strandOf(strand),
      why: gapReasons[reason] ?? 'noCell',
    })),
    complete: completenessOf(reply.watermark),
  };
}
