// The third tab: what the person's live roles open, as sections of one page. A role that has ended
// takes its section with it at once, and says so.

import { lazy, Suspense } from 'react';
import { Link, Redirect } from 'wouter';
import type { Area, Section } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { Empty, Page, Shown, Skeleton } from '../frame/page';
import { useApp, useStore, useWhen } from '../frame/reading';
import './figures.css';

const CoverageScreen = lazy(async () => ({
  default: (await import('../coverage/coverage')).CoverageScreen,
}));
const GroupTrends = lazy(async () => ({ default: (await import('../trends/group')).GroupTrends }));
const MatrixScreen = lazy(async () => ({
  default: (await import('../matrix/matrix')).MatrixScreen,
}));
const FrozenScreen = lazy(async () => ({
  default: (await import('../half-term/frozen')).FrozenScreen,
}));

export const placePath = (section: Section, org: string, h2 = 0) =>
  `/place/${section}/${org}${h2 === 0 ? '' : `/${h2}`}`;

const isSection = (text: string): text is Section =>
  text === 'coverage' || text === 'trends' || text === 'matrix' || text === 'halfTerm';

// /place, /place/coverage/<org>, /place/coverage/<org>/<h2>
export function FiguresPlace({
  section,
  org,
  h2,
}: {
  readonly section: string;
  readonly org: string;
  readonly h2: number;
}) {
  const app = useApp();
  const areas = useStore(app.figures.areas);
  const place = useStore(app.tablet).third?.place;
  if (place === 'people' || place === 'tablets' || place === 'keeping') {
    return <Redirect to="/place/office" replace />;
  }
  return (
    <Shown loaded={areas}>
      {({ open, ended }) => {
        const first = open[0];
        if (first === undefined) return <NoArea ended={ended} />;
        if (!isSection(section) || org === '') {
          return <Redirect to={placePath(first.sections[0] ?? 'coverage', first.org)} replace />;
        }
        const area = areaAt(open, org) ?? null;
        return (
          <Suspense fallback={<Skeleton />}>
            <Ended ended={ended} />
            <SectionScreen areas={open} area={area} section={section} org={org} h2={h2} />
          </Suspense>
        );
      }}
    </Shown>
  );
}

// The person's own area, or the school whose department it is.
const areaAt = (open: readonly Area[], org: string) =>
  open.find((area) => area.org === org) ?? open.find(({ kind }) => kind === 'school');

export interface SectionProps {
  readonly areas: readonly Area[];
  // Null: no role opens it any more, and nothing is shown.
  readonly area: Area | null;
  readonly org: string;
  readonly h2: number;
}

function SectionScreen({ section, ...props }: SectionProps & { readonly section: Section }) {
  switch (section) {
    case 'coverage':
      return <CoverageScreen {...props} />;
    case 'trends':
      return <GroupTrends {...props} />;
    case 'matrix':
      return <MatrixScreen {...props} />;
    default:
      return <FrozenScreen {...props} />;
  }
}

function NoArea({ ended }: { readonly ended: readonly { label: string; endedMs: number }[] }) {
  return (
    <Page title={say('figures.school')}>
      <Ended ended={ended} />
      <Empty>
        <p>{say('figures.none')}</p>
      </Empty>
    </Page>
  );
}

function Ended({ ended }: { readonly ended: readonly { label: string; endedMs: number }[] }) {
  const when = useWhen();
  return ended.map(({ label, endedMs }) => (
    <section key={label} className="notice ended" aria-label={say('figures.endedTitle')}>
      <Icon name="calendar" />
      <p>{say('figures.ended', { label, date: when.date(endedMs) })}</p>
    </section>
  ));
}

// The ways between the sections of an area, and between areas.
export function Sections({
  areas,
  area,
  section,
}: {
  readonly areas: readonly Area[];
  readonly area: Area | null;
  readonly section: Section;
}) {
  if (area === null) return null;
  return (
    <>
      {areas.length > 1 && (
        <nav className="segments" aria-label={say('figures.areas')}>
          {areas.map((one) => (
            <Link
              key={`${one.kind} ${one.org}`}
              href={placePath(one.sections[0] ?? 'coverage', one.org)}
              aria-current={one === area ? 'page' : undefined}
            >
              {areaName(one)}
            </Link>
          ))}
        </nav>
      )}
      {area.sections.length > 1 && (
        <nav className="segments" aria-label={say('figures.sections', { area: areaName(area) })}>
          {area.sections.map((one) => (
            <Link
              key={one}
              href={placePath(one, area.org)}
              aria-current={one === section ? 'page' : undefined}
            >
              {say(`figures.${one}`)}
            </Link>
          ))}
        </nav>
      )}
    </>
  );
}

export function areaName(area: Area): string {
  switch (area.kind) {
    case 'department':
      return area.label;
    case 'school':
      return say('figures.school');
    case 'referrals':
      return say('figures.referrals');
    default:
      return area.label;
  }
}
