// The schools of a federation side by side: each with its own frozen figures, A to Z. Levels stand beside
// each other within one rubric version only.

import { Link } from 'wouter';
import type { FederationFigures, FrozenUnit } from '../../app/contract';
import { say } from '../../words/say';
import { halfTermName } from '../figures/half-term';
import { areaName, placePath, type SectionProps, Sections } from '../figures/place';
import { ShownAnswer } from '../figures/shown';
import { Icon } from '../frame/icons';
import { Empty, Page } from '../frame/page';
import { useApp, useStore, useWhen } from '../frame/reading';
import { oneDecimal } from '../trends/chart';
import '../trends/trends.css';
import { Definitions } from './definitions';
import './frozen.css';

export function FederationScreen({ areas, area, org, h2 }: SectionProps) {
  const app = useApp();
  const figures = useStore(app.figures.federation(org, h2));
  return (
    <Page
      title={area === null || area.label === '' ? say('figures.federation') : areaName(area)}
      actions={<Sections areas={areas} area={area} section="federation" />}
    >
      <ShownAnswer loaded={figures} nothing={say('federation.nothing')}>
        {({ value }) => (
          <article className="frozen">
            <Top figures={value} org={org} />
            {value.schools.length === 0 ? (
              <Empty>
                <p>{say('federation.noneFrozen')}</p>
              </Empty>
            ) : (
              <>
                <Schools schools={value.schools} />
                <Levels figures={value} />
              </>
            )}
            <p className="second muted measure">{say('federation.note')}</p>
            <Definitions />
          </article>
        )}
      </ShownAnswer>
    </Page>
  );
}

function Top({ figures, org }: { readonly figures: FederationFigures; readonly org: string }) {
  return (
    <div className="row wrap">
      <h2 className="fill">
        {say('federation.title', { halfTerm: halfTermName(figures.halfTerm) })}
      </h2>
      <span className="row no-print">
        {(
          [
            [figures.earlier, 'back', 'halfTerm.earlier'],
            [figures.later, 'forward', 'halfTerm.later'],
          ] as const
        ).map(([to, icon, words]) => (
          <Link
            key={words}
            href={placePath('federation', org, to)}
            replace
            className="button icon"
            aria-label={say(words)}
          >
            <Icon name={icon} />
          </Link>
        ))}
      </span>
      <button type="button" className="primary no-print" onClick={() => window.print()}>
        {say('frozen.print')}
      </button>
    </div>
  );
}

const hidden = say('frozen.hidden');
const ratio = (of: { readonly k: number; readonly n: number } | null) =>
  of === null ? hidden : say('federation.kOfN', of);

function Schools({ schools }: { readonly schools: readonly FrozenUnit[] }) {
  const when = useWhen();
  const rules = [...new Set(schools.flatMap(({ coverage }) => coverage.map(({ title }) => title)))];
  const loop = ['federation.share', 'federation.acknowledged', 'federation.steps'] as const;
  return (
    <div className="scroll-x">
      <table className="trend-table">
        <thead>
          <tr>
            <th scope="col">{say('federation.school')}</th>
            {rules.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            {loop.map((words) => (
              <th key={words} scope="col">
                {say(words)}
              </th>
            ))}
            <th scope="col">{say('federation.frozen')}</th>
          </tr>
        </thead>
        <tbody>
          {schools.map((school) => (
            <tr key={school.name}>
              <th scope="row">{school.name}</th>
              {rules.map((title) => {
                const rule = school.coverage.find((one) => one.title === title);
                return (
                  <td key={title}>
                    {rule === undefined
                      ? hidden
                      : say('frozen.coverageRow', { k: rule.done, n: rule.eligible })}
                  </td>
                );
              })}
              <td>{school.shareDays ?? hidden}</td>
              <td>{ratio(school.acknowledged)}</td>
              <td>{ratio(school.steps)}</td>
              <td>{school.madeMs === null ? hidden : when.date(school.madeMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Levels({ figures }: { readonly figures: FederationFigures }) {
  return figures.rubrics.map(({ title, elements }) => (
    <div key={title} className="scroll-x">
      <table className="trend-table">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{say('frozen.element')}</th>
            {figures.schools.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {elements.map((element) => (
            <tr key={element.title}>
              <th scope="row">{element.title}</th>
              {figures.schools.map(({ name }, at) => (
                <td key={name}>
                  {element.tenths[at] == null ? hidden : oneDecimal(element.tenths[at])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  ));
}
