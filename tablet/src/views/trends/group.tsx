// A department's trends, or a school's: the mean of the teachers' means, and the way to each teacher.

import { Link } from 'wouter';
import type { Trends } from '../../app/contract';
import { say } from '../../words/say';
import { areaName, placePath, type SectionProps, Sections } from '../figures/place';
import { ShownAnswer } from '../figures/shown';
import { Page } from '../frame/page';
import { useApp, useStore } from '../frame/reading';
import { TrendFigures } from './trends';

export function GroupTrends({ areas, area, org, h2 }: SectionProps) {
  const app = useApp();
  const trends = useStore(app.figures.trendsOfGroup(org, h2));
  const value = trends.kind === 'ready' ? trends.value.value : null;
  const last = value?.halfTerms.at(-1);
  const own = area?.org === org;
  return (
    <Page
      title={own ? areaName(area) : (value?.name ?? say('figures.trends'))}
      {...(area !== null && !own
        ? { back: { to: placePath('trends', area.org, h2), place: areaName(area) } }
        : {})}
      actions={own && <Sections areas={areas} area={area} section="trends" />}
    >
      <ShownAnswer loaded={trends}>
        {(answer) => (
          <>
            <TrendFigures answer={answer} to={(to) => placePath('trends', org, to)} />
            {answer.value.of === 'department' && (
              <Teachers trends={answer.value} h2={last?.h2 ?? 0} />
            )}
          </>
        )}
      </ShownAnswer>
    </Page>
  );
}

function Teachers({ trends, h2 }: { readonly trends: Trends; readonly h2: number }) {
  return (
    <section className="section">
      <h2>{say('trends.teachers')}</h2>
      {trends.teachers.length === 0 ? (
        <p className="muted">{say('trends.teachersNone')}</p>
      ) : (
        <ul className="teachers">
          {trends.teachers.map(({ id, name, n }) => (
            <li key={id}>
              <Link href={`/place/teacher/${id}/${h2}`} className="row-button">
                <span className="fill strong">{name}</span>
                <span className="small muted">{say('trends.teacherLessons', { n })}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
