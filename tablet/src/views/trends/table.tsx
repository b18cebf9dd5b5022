// The same numbers as a table: elements by half-term. It is the version that is read out, and each cell
// of a teacher's page opens the lessons behind it.

import { useState } from 'react';
import { Link } from 'wouter';
import type { ElementTrend, Mark, Point, Trends } from '../../app/contract';
import { say } from '../../words/say';
import { halfTermName, halfTermShort, useDays } from '../figures/half-term';
import { Dialog } from '../frame/dialog';
import { useWhen } from '../frame/reading';
import { oneDecimal, statementWords } from './chart';

export const isGroup = ({ of }: Trends) => of === 'department' || of === 'school';

export const rowId = (element: number) => `trend-row-${element}`;

export function TrendTable({
  trends,
  readOutOnly = false,
}: {
  readonly trends: Trends;
  // Beside charts: nothing in it can be tapped.
  readonly readOutOnly?: boolean;
}) {
  const { day } = useDays();
  const [behind, setBehind] = useState<{ title: string; marks: readonly Mark[] } | null>(null);
  const group = isGroup(trends);
  return (
    <div className={readOutOnly ? 'visually-hidden' : 'scroll-x'}>
      <table className="trend-table">
        <thead>
          <tr>
            <th scope="col">{say('trends.element')}</th>
            {trends.halfTerms.map((halfTerm) => (
              <th key={halfTerm.h2} scope="col">
                {readOutOnly ? halfTermName(halfTerm) : halfTermShort(halfTerm)}
              </th>
            ))}
            {!group && <th scope="col">{say('trends.statement')}</th>}
          </tr>
        </thead>
        <tbody>
          {trends.elements.map((element) => (
            <tr key={element.element} id={readOutOnly ? rowId(element.element) : undefined}>
              <th scope="row">{element.title}</th>
              {element.points.map((point, column) => (
                <td key={trends.halfTerms[column]?.h2}>
                  <Cell
                    point={point}
                    group={group}
                    onOpen={
                      readOutOnly || point.marks.length === 0
                        ? null
                        : () =>
                            setBehind({
                              title: behindTitle(trends, element, column),
                              marks: point.marks,
                            })
                    }
                  />
                </td>
              ))}
              {!group && (
                <td>
                  <Statement element={element} day={day} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {behind && (
        <Dialog title={behind.title} onClose={() => setBehind(null)}>
          <Lessons trends={trends} marks={behind.marks} />
        </Dialog>
      )}
    </div>
  );
}

function behindTitle(trends: Trends, element: ElementTrend, column: number): string {
  const halfTerm = trends.halfTerms[column];
  return say('trends.behind', {
    element: element.title,
    halfTerm: halfTerm === undefined ? '' : halfTermName(halfTerm),
  });
}

function Statement({
  element,
  day,
}: {
  readonly element: ElementTrend;
  readonly day: (ms: number) => string;
}) {
  const { words, reason } = statementWords(element, day);
  return reason === '' ? words : `${words}: ${reason}`;
}

export function cellWords(point: Point, group: boolean): string {
  if (point.value === null) return say('trends.cellNone');
  return group
    ? say('trends.groupCell', {
        value: oneDecimal(point.value),
        teachers: point.teachers,
        n: point.n,
      })
    : say('trends.cell', { value: point.value, n: point.n, observers: point.observers });
}

function Cell({
  point,
  group,
  onOpen,
}: {
  readonly point: Point;
  readonly group: boolean;
  readonly onOpen: (() => void) | null;
}) {
  const words = cellWords(point, group);
  const waiting =
    point.unresolved > 0 ? say('trends.cellWaiting', { n: point.unresolved }) : undefined;
  return (
    <>
      {point.value === null ? (
        <>
          <span aria-hidden="true">{words}</span>
          <span className="visually-hidden">{say('trends.cellNoneLong')}</span>
        </>
      ) : onOpen === null ? (
        words
      ) : (
        <button type="button" className="link" onClick={onOpen}>
          {words}
        </button>
      )}
      {waiting && <span className="small muted cover-sub">{waiting}</span>}
    </>
  );
}

export function Lessons({
  trends,
  marks,
}: {
  readonly trends: Trends;
  readonly marks: readonly Mark[];
}) {
  const when = useWhen();
  if (marks.length === 0) return <p>{say('trends.noLessons')}</p>;
  const to = (visitId: string) =>
    trends.of === 'me' ? `/for-me/${visitId}` : `/visits/${visitId}`;
  return (
    <ul className="list">
      {marks.map((mark) => (
        <li key={mark.visitId} className="row who-row wrap">
          <span className="fill">
            <span className="strong">{when.date(mark.lessonMs)}</span>{' '}
            <span className="muted">
              {[
                mark.observer !== null && trends.observers[mark.observer]?.name,
                mark.level > 0 && say('trends.lessonLevel', { n: mark.level }),
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </span>
          {mark.mayOpen ? (
            <Link href={to(mark.visitId)} className="link">
              {say('trends.lessonOpen')}
            </Link>
          ) : (
            <span className="small muted">{say('trends.lessonNotHere')}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

// Each lesson once, whatever the elements in it; latest first.
export function allLessons(trends: Trends): readonly Mark[] {
  const lessons = new Map<string, Mark>();
  for (const element of trends.elements) {
    for (const point of element.points) {
      for (const mark of point.marks) lessons.set(mark.visitId, { ...mark, level: 0 });
    }
  }
  return [...lessons.values()].sort((a, b) => b.lessonMs - a.lessonMs);
}
