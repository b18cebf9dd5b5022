// Nine small charts on one scale, or the same numbers as a table, with what they rest on.

import { useState } from 'react';
import type { ElementTrend, FigureAnswer, Mark, TrendChange, Trends } from '../../app/contract';
import { say } from '../../words/say';
import { HalfTermPicker, halfTermName, useDays } from '../figures/half-term';
import { reasonWords } from '../figures/reasons';
import { Watermark } from '../figures/watermark';
import { Dialog } from '../frame/dialog';
import { Empty } from '../frame/page';
import { Chart, MarkShape, oneDecimal, shapeOf, statementWords } from './chart';
import { allLessons, isGroup, Lessons, rowId, TrendTable } from './table';
import './trends.css';

export function TrendFigures({
  answer,
  to,
}: {
  readonly answer: FigureAnswer<Trends>;
  // Where another half-term's page is.
  readonly to: (h2: number) => string;
}) {
  const trends = answer.value;
  const days = useDays();
  const { day } = days;
  const [shown, setShown] = useState<'charts' | 'table'>('charts');
  const [lessons, setLessons] = useState<readonly Mark[] | null>(null);
  const group = isGroup(trends);
  const last = trends.halfTerms.at(-1);
  const change = (one: TrendChange) => changeWords(one, group, day);
  return (
    <>
      <div className="row wrap trend-head">
        <fieldset className="segments">
          <legend className="visually-hidden">{say('trends.show')}</legend>
          {(['charts', 'table'] as const).map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="trends-shown"
                className="hidden-input"
                checked={shown === one}
                onChange={() => setShown(one)}
              />
              {say(`trends.${one}`)}
            </label>
          ))}
        </fieldset>
        {last && <HalfTermPicker halfTerm={last} to={to} />}
      </div>
      {trends.lessons > 0 && shown === 'charts' && <Legend trends={trends} />}
      {trends.lessons === 0 ? (
        <Empty>
          <p>{say('trends.empty')}</p>
        </Empty>
      ) : shown === 'table' ? (
        <TrendTable trends={trends} />
      ) : (
        <>
          <div className="charts">
            {trends.elements.map((element) => (
              <Figure key={element.element} trends={trends} element={element} />
            ))}
          </div>
          <TrendTable trends={trends} readOutOnly />
        </>
      )}
      <Watermark
        answer={answer}
        complete={trends.complete}
        changes={[
          ...trends.changes.map(change),
          ...trends.reasons.map((reason) => reasonWords(reason, days)),
        ]}
        extra={[
          trends.rubric !== '' && say('trends.rubric', { rubric: trends.rubric }),
          trends.waiting > 0 && say('trends.waiting', { n: trends.waiting }),
          trends.uncertified > 0 && say('trends.uncertified', { n: trends.uncertified }),
        ]
          .filter(Boolean)
          .join(' ')}
      />
      {!group && trends.lessons > 0 && (
        <button type="button" className="link" onClick={() => setLessons(allLessons(trends))}>
          {say('trends.whichLessons')}
        </button>
      )}
      {lessons && (
        <Dialog title={say('trends.lessonsTitle')} onClose={() => setLessons(null)}>
          <Lessons trends={trends} marks={lessons} />
        </Dialog>
      )}
    </>
  );
}

function changeWords(change: TrendChange, group: boolean, day: (ms: number) => string): string {
  if (change.kind === 'lesson') {
    return say('trends.changeLesson', {
      date: day(change.lessonMs),
      classCode: change.classCode === '' ? '' : ` · ${change.classCode}`,
    });
  }
  const figure = (tenths: number | null, n: number) =>
    tenths === null
      ? say('trends.cellNoneLong')
      : say('trends.figure', { value: group ? oneDecimal(tenths) : String(tenths), n });
  return say('trends.changeFigure', {
    element: change.element,
    from: figure(change.fromTenths, change.fromN),
    to: figure(change.toTenths, change.toN),
  });
}

function Figure({ trends, element }: { readonly trends: Trends; readonly element: ElementTrend }) {
  const { day } = useDays();
  const group = isGroup(trends);
  const { arrow, words, reason } = statementWords(element, day);
  const said = reason === '' ? words : `${words}: ${reason}`;
  const now = nowWords(trends, element);
  const label = group
    ? say('trends.groupChart', { element: element.title, name: trends.name, now })
    : say('trends.chart', {
        element: element.title,
        n: element.n,
        observers: element.observers,
        statement: said,
      });
  const chip =
    element.statement.kind === 'higher' || element.statement.kind === 'lower' ? 'primary' : '';
  return (
    <figure className="figure">
      <figcaption>
        <span className="strong">{element.title}</span>
        {!group && (
          <span className="small muted">
            {say('trends.n', { n: element.n, observers: element.observers })}
          </span>
        )}
      </figcaption>
      <Chart trends={trends} element={element} label={label} describedBy={rowId(element.element)} />
      {group ? (
        <p className="small muted">{now}</p>
      ) : (
        <p className="statement">
          <span className={`chip ${chip}`}>
            <span aria-hidden="true">{arrow}</span>
            {words}
          </span>
          {reason !== '' && <span className="small muted">{reason}</span>}
        </p>
      )}
    </figure>
  );
}

function nowWords(trends: Trends, element: ElementTrend): string {
  const at = element.points.findLastIndex(({ value }) => value !== null);
  const point = element.points[at];
  const halfTerm = trends.halfTerms[at] ?? trends.halfTerms.at(-1);
  const name = halfTerm === undefined ? '' : halfTermName(halfTerm);
  if (point === undefined || point.value === null)
    return say('trends.groupNone', { halfTerm: name });
  return say('trends.groupNow', {
    value: oneDecimal(point.value),
    halfTerm: name,
    teachers: point.teachers,
    n: point.n,
    observers: point.observers,
  });
}

const hasUnknown = ({ elements }: Trends) =>
  elements.some(({ points }) =>
    points.some(({ marks }) => marks.some(({ observer }) => observer === null)),
  );

function Legend({ trends }: { readonly trends: Trends }) {
  const group = isGroup(trends);
  return (
    <ul className="legend">
      {trends.observers.slice(0, 4).map(({ name }, index) => (
        <li key={name}>
          <svg viewBox="0 0 16 16" aria-hidden="true" className="mark">
            <MarkShape shape={shapeOf(index)} x={8} y={8} />
          </svg>
          {name}
        </li>
      ))}
      {hasUnknown(trends) && (
        <li>
          <svg viewBox="0 0 16 16" aria-hidden="true" className="mark">
            <MarkShape shape="cross" x={8} y={8} />
          </svg>
          {say('trends.elsewhere')}
        </li>
      )}
      <li>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path className="middle-line" d="M1 8H15" />
        </svg>
        {say(group ? 'trends.mean' : 'trends.middle')}
      </li>
      {!group && (
        <>
          <li>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <path className="observer-mark" d="M3 1h10l-5 7z" />
              <path className="observer-line" d="M8 8V16" />
            </svg>
            {say('trends.newObserver')}
          </li>
          <li>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <rect className="band-now" width="16" height="16" />
            </svg>
            {say('trends.now')}
          </li>
          <li>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <rect className="band-before outlined" width="16" height="16" />
            </svg>
            {say('trends.before')}
          </li>
        </>
      )}
      {trends.rubricChanges.length > 0 && (
        <li>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path className="rubric-line" d="M8 0V16" />
          </svg>
          {say('trends.newRubric')}
        </li>
      )}
    </ul>
  );
}
