// One teacher's trends: as those who lead see them, or the teacher's own of what was shared.

import { useLocation } from 'wouter';
import type { Trends } from '../../app/contract';
import { say } from '../../words/say';
import { useDays } from '../figures/half-term';
import { ShownAnswer } from '../figures/shown';
import { Page } from '../frame/page';
import { useApp, useStore } from '../frame/reading';
import { TrendFigures } from './trends';

export function TeacherTrends({ id, h2 }: { readonly id: string; readonly h2: number }) {
  const app = useApp();
  const trends = useStore(app.figures.trendsOfTeacher(id, h2));
  return (
    <OfTeacher
      trends={trends}
      title={(name) => say('trends.title', { name })}
      fallback={say('figures.trends')}
      path={(to) => `/place/teacher/${id}/${to}`}
      back={{ to: '/place', place: say('figures.trends') }}
    />
  );
}

export function MyTrends({ h2 }: { readonly h2: number }) {
  const app = useApp();
  const person = useStore(app.tablet).person;
  const trends = useStore(app.figures.trendsOfTeacher(person?.id ?? '', h2));
  return (
    <OfTeacher
      trends={trends}
      title={() => say('trends.mine')}
      fallback={say('trends.mine')}
      path={(to) => `/for-me/figures/${to}`}
      back={{ to: '/for-me', place: say('forMe.title') }}
      note={say('trends.mineNote')}
    />
  );
}

function OfTeacher({
  trends,
  title,
  fallback,
  path,
  back,
  note,
}: {
  readonly trends: ReturnType<
    ReturnType<ReturnType<typeof useApp>['figures']['trendsOfTeacher']>['get']
  >;
  readonly title: (name: string) => string;
  readonly fallback: string;
  readonly path: (h2: number) => string;
  readonly back: { readonly to: string; readonly place: string };
  readonly note?: string;
}) {
  const value = trends.kind === 'ready' ? trends.value.value : null;
  return (
    <Page
      title={value === null ? fallback : title(value.name)}
      {...(value !== null ? { subtitle: <Span trends={value} /> } : {})}
      back={back}
    >
      <ShownAnswer loaded={trends}>
        {(answer) => (
          <>
            {note !== undefined && <p className="second muted measure">{note}</p>}
            <TrendFigures answer={answer} to={path} />
          </>
        )}
      </ShownAnswer>
    </Page>
  );
}

function Span({ trends }: { readonly trends: Trends }) {
  const { day } = useDays();
  const [path] = useLocation();
  const first = trends.halfTerms[0];
  const last = trends.halfTerms.at(-1);
  if (first === undefined || last === undefined) return path;
  return say('trends.lessons', {
    n: trends.lessons,
    from: day(first.fromMs),
    to: day(last.toMs),
  });
}
