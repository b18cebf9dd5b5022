// The third tab: what the person's live roles open, as sections of one page. A role that has ended
// takes its section with it at once, and says so.

import { type ComponentType, lazy, Suspense } from 'react';
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

const FederationScreen = lazy(async () => ({
  default: (await import('../half-term/federation')).FederationScreen,
}));
const PackScreen = lazy(async () => ({ default: (await import('../pack/pack')).PackScreen }));
const CycleScreen = lazy(async () => ({ default: (await import('../cycle/cycle')).CycleScreen }));
const HelpScreen = lazy(async () => ({ default: (await import('../help/help')).HelpScreen }));
const AgreementScreen = lazy(async () => ({
  default: (await import('../agreement/agreement')).AgreementScreen,
}));
const ManagementScreen = lazy(async () => ({
  default: (await import('../management/management')).ManagementScreen,
}));

export const placePath = (section: Section, org: string, h2 = 0) =>
  `/place/${section}/${org}${h2 === 0 ? '' : `/${h2}`}`;

const screens: Readonly<Record<Section, ComponentType<SectionProps>>> = {
  coverage: CoverageScreen,
  trends: GroupTrends,
  matrix: MatrixScreen,
  pack: PackScreen,
  cycle: CycleScreen,
  agreement: AgreementScreen,
  management: ManagementScreen,
  help: HelpScreen,
  halfTerm: FrozenScreen,
  federation: FederationScreen,
};

const isSection = (text: string): text is Section => text in screens;

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
    return <Redirect to="/office" replace />;
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
  const Screen = screens[section];
  return <Screen {...props} />;
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

// The others are behind one button.
const mostSegments = 4;

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
        <nav
          className="segments sections"
          aria-label={say('figures.sections', { area: areaName(area) })}
        >
          {area.sections.slice(0, mostSegments).map((one) => (
            <SectionLink key={one} area={area} section={one} here={one === section} />
          ))}
          {area.sections.length > mostSegments && (
            <details className={area.sections.indexOf(section) >= mostSegments ? 'on' : ''}>
              <summary>
                {area.sections.indexOf(section) >= mostSegments
                  ? say(`figures.${section}`)
                  : say('figures.otherPages')}
                <Icon name="down" />
              </summary>
              <div className="menu">
                {area.sections.slice(mostSegments).map((one) => (
                  <SectionLink key={one} area={area} section={one} here={one === section} />
                ))}
              </div>
            </details>
          )}
        </nav>
      )}
    </>
  );
}

function SectionLink({
  area,
  section,
  here,
}: {
  readonly area: Area;
  readonly section: Section;
  readonly here: boolean;
}) {
  return (
    <Link href={placePath(section, area.org)} aria-current={here ? 'page' : undefined}>
      {say(`figures.${section}`)}
    </Link>
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
