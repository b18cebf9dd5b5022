// The frozen figures of a half-term: the same page for each governor, with no search, no filters and no
// names. It prints.

import type { FrozenFigures, FrozenUnit } from '../../app/contract';
import { say } from '../../words/say';
import { HalfTermPicker, halfTermName } from '../figures/half-term';
import { areaName, placePath, type SectionProps, Sections } from '../figures/place';
import { ShownAnswer } from '../figures/shown';
import { Page } from '../frame/page';
import { useApp, useStore, useWhen } from '../frame/reading';
import { oneDecimal } from '../trends/chart';
import { Definitions } from './definitions';
import '../trends/trends.css';
import './frozen.css';

// As the server caps it: "30 stands for longer".
const longestDays = 30;

export function FrozenScreen({ areas, area, org, h2 }: SectionProps) {
  const app = useApp();
  const frozen = useStore(app.figures.frozen(org, h2));
  const school = useStore(app.tablet).school;
  return (
    <Page
      title={
        area === null ? say('frozen.title') : area.kind === 'overview' ? school : areaName(area)
      }
      actions={<Sections areas={areas} area={area} section="halfTerm" />}
    >
      <ShownAnswer loaded={frozen} nothing={say('frozen.none')}>
        {({ value }) => (
          <article className="frozen">
            <Top frozen={value} org={org} choose={area?.kind === 'school'} />
            <Unit unit={value.school} title={say('frozen.whole')} />
            <h2>{say('frozen.departments')}</h2>
            <Departments units={value.departments} />
            <Definitions />
          </article>
        )}
      </ShownAnswer>
    </Page>
  );
}

function Top({
  frozen,
  org,
  choose,
}: {
  readonly frozen: FrozenFigures;
  readonly org: string;
  // Senior leaders may look at earlier half-terms; a governor's page is the same for each.
  readonly choose: boolean;
}) {
  const when = useWhen();
  return (
    <div className="row wrap">
      <div className="fill">
        <h2>
          {say('frozen.title')} · {halfTermName(frozen.halfTerm)}
        </h2>
        <p className="second muted">
          {say('frozen.frozen', { date: when.date(frozen.frozenMs) })}{' '}
          {frozen.replacedMs !== null &&
            say('frozen.replaced', { date: when.date(frozen.replacedMs) })}
        </p>
      </div>
      {choose && (
        <span className="no-print">
          <HalfTermPicker halfTerm={frozen.halfTerm} to={(to) => placePath('halfTerm', org, to)} />
        </span>
      )}
      <button type="button" className="primary no-print" onClick={() => window.print()}>
        {say('frozen.print')}
      </button>
    </div>
  );
}

const none = say('frozen.notShown');

function Unit({ unit, title }: { readonly unit: FrozenUnit; readonly title: string }) {
  return (
    <section className="section card">
      <h2>{title}</h2>
      <ul className="facts">
        {unit.coverage.length === 0 && <li>{none}</li>}
        {unit.coverage.map((rule) => (
          <li key={rule.title}>
            {rule.title}:{' '}
            <strong>{say('frozen.coverageRow', { k: rule.done, n: rule.eligible })}</strong>
          </li>
        ))}
        {loopWords(unit).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      {unit.levels.length > 0 && (
        <table className="trend-table">
          <thead>
            <tr>
              <th scope="col">{say('frozen.element')}</th>
              <th scope="col">{say('frozen.mean')}</th>
              <th scope="col">{say('frozen.teachers')}</th>
              <th scope="col">{say('frozen.lessons')}</th>
            </tr>
          </thead>
          <tbody>
            {unit.levels.map((levels) => (
              <tr key={levels.element}>
                <th scope="row">{levels.element}</th>
                <td>{oneDecimal(levels.tenths)}</td>
                <td>{levels.teachers}</td>
                <td>{levels.lessons}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function loopWords(unit: FrozenUnit): string[] {
  const words: string[] = [];
  if (unit.shareDays !== null) {
    words.push(
      say(unit.shareDays >= longestDays ? 'frozen.shareLong' : 'frozen.shareDays', {
        n: unit.shareDays,
      }),
    );
  }
  if (unit.acknowledged !== null) words.push(say('frozen.acknowledged', unit.acknowledged));
  if (unit.steps !== null) words.push(say('frozen.steps', unit.steps));
  return words;
}

function Departments({ units }: { readonly units: readonly FrozenUnit[] }) {
  const titles = [...new Set(units.flatMap(({ coverage }) => coverage.map(({ title }) => title)))];
  if (titles.length === 0) return <p className="muted">{none}</p>;
  return (
    <div className="scroll-x">
      <table className="trend-table">
        <thead>
          <tr>
            <th scope="col">{say('matrix.department')}</th>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {units.map((unit) => (
            <tr key={unit.name}>
              <th scope="row">{unit.name}</th>
              {titles.map((title) => {
                const rule = unit.coverage.find((one) => one.title === title);
                return (
                  <td key={title}>
                    {rule === undefined
                      ? say('frozen.hidden')
                      : say('frozen.coverageRow', { k: rule.done, n: rule.eligible })}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
