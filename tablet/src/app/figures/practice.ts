// The server's answers about the weekly pack and the agreement of observers, as pages show them.
import {
  type AgreementFigures as AgreementFiguresReply,
  type AgreementReply,
  type Certificate,
  CertificateState,
  type Estimate as EstimateReply,
} from '#proto/agreement_pb';
import {
  PackItemKind,
  type PackItem as PackItemReply,
  type WeeklyPackReply,
} from '#proto/leadership_pb';
import { hex } from '../../model/bytes';
import type {
  Agreement,
  AgreementFigures,
  CertificateSeen,
  Estimate,
  Pack,
  PackItem,
} from '../contract';
import type { Desk } from '../desk';
import { cycleState } from '../practice/cycle';
import { heldReviews } from '../practice/held';
import { completenessOf, stateOf } from './coverage';
import { halfTermsOf } from './half-terms';

const dayMs = 86_400_000;
// The server leaves days out as 0.
const dayOrNull = (day: number) => (day === 0 ? null : day * dayMs);
const halfTermAt = (desk: Desk, h2: number) =>
  halfTermsOf(desk.directory).find((one) => one.h2 === h2) ?? null;

// --- The weekly pack. ---

export function packOf(desk: Desk, org: string, reply: WeeklyPackReply): Pack {
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
    decisions: decisionsOf(desk, org, reply),
    place: placeOf(desk, org, reply),
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

const aheadDays = 7;

// The server's, and of a review that was written in here what it says now.
function decisionsOf(desk: Desk, org: string, reply: WeeklyPackReply): PackItem[] {
  const written = heldReviews(desk).filter(
    ({ kept, message: { scope } }) => kept === 'onTablet' && isAtOrBelow(desk, org, scope),
  );
  const own = new Set(written.map(({ id }) => id));
  const items = reply.decisions.filter(({ record }) => !own.has(hex(record))).map(itemOf);
  for (const { id, message } of written) {
    for (const { key, text = '', owner, dueDay, done } of message.decisions) {
      if (done === true || dueDay === undefined || dueDay > reply.day + aheadDays) continue;
      items.push({
        key: `${id}${hex(key)}`,
        dayMs: dueDay * dayMs,
        owner: owner === undefined ? '' : desk.directory.nameOf(hex(owner)),
        teacher: '',
        text,
        overdue: dueDay < reply.day,
        revisits: 0,
        isPlan: false,
      });
    }
  }
  return items.sort((a, b) => a.dayMs - b.dayMs);
}

const isAtOrBelow = (desk: Desk, org: string, scope: Uint8Array | undefined) =>
  scope !== undefined && (hex(scope) === org || desk.directory.siteOf(hex(scope)) === org);

function placeOf(desk: Desk, org: string, reply: WeeklyPackReply): Pack['place'] {
  if (reply.cycle === undefined) return null;
  const cycle = hex(reply.cycle.cycle);
  const begun = heldReviews(desk).find(
    ({ message }) =>
      message.cycle !== undefined &&
      hex(message.cycle) === cycle &&
      message.scope !== undefined &&
      hex(message.scope) === org,
  );
  return { cycle, scope: org, record: begun?.id ?? '' };
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
