// Element by department at a glance, without names. The number stands in each cell; the shade only
// repeats it, and what is not shown has a pattern and a word of its own.

import { type KeyboardEvent, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { Matrix, MatrixCell } from '../../app/contract';
import { say } from '../../words/say';
import { HalfTermPicker, halfTermName } from '../figures/half-term';
import { areaName, placePath, type SectionProps, Sections } from '../figures/place';
import { ShownAnswer } from '../figures/shown';
import { Watermark } from '../figures/watermark';
import { Icon } from '../frame/icons';
import { Empty, Page } from '../frame/page';
import { useApp, useStore, useWhen } from '../frame/reading';
import { oneDecimal } from '../trends/chart';
import './matrix.css';

type Change = NonNullable<Matrix['changes']>[number];

export function MatrixScreen({ areas, area, org, h2 }: SectionProps) {
  const app = useApp();
  const matrix = useStore(app.figures.matrix(org, h2));
  const when = useWhen();
  return (
    <Page
      title={area === null ? say('figures.matrix') : areaName(area)}
      actions={<Sections areas={areas} area={area} section="matrix" />}
    >
      <ShownAnswer
        loaded={matrix}
        nothing={area?.kind === 'school' ? say('common.nothing') : say('matrix.noneFrozen')}
      >
        {(answer) => {
          const { value } = answer;
          const halfTerm = halfTermName(value.halfTerm);
          return (
            <>
              <div className="row wrap">
                <div className="fill">
                  <h2>{say('matrix.title')}</h2>
                  <p className="second muted">
                    {value.frozenMs === null
                      ? say('matrix.live', { halfTerm })
                      : say('matrix.frozen', { halfTerm, date: when.date(value.frozenMs) })}
                  </p>
                </div>
                <HalfTermPicker
                  halfTerm={value.halfTerm}
                  to={(to) => placePath('matrix', org, to)}
                />
              </div>
              {value.rows.length === 0 ? (
                <Empty>
                  <p>{say('matrix.empty')}</p>
                </Empty>
              ) : (
                <Grid matrix={value} h2={value.halfTerm.h2} />
              )}
              <Watermark
                answer={answer}
                complete={value.complete}
                changes={value.changes?.map(changeWords) ?? null}
              />
            </>
          );
        }}
      </ShownAnswer>
    </Page>
  );
}

function Grid({ matrix, h2 }: { readonly matrix: Matrix; readonly h2: number }) {
  const [[row, column], setAt] = useState<readonly [number, number]>([0, 0]);
  const table = useRef<HTMLTableElement>(null);
  const move = (down: number, right: number) => {
    const next = [
      Math.min(Math.max(row + down, 0), matrix.rows.length - 1),
      Math.min(Math.max(column + right, 0), matrix.elements.length - 1),
    ] as const;
    setAt(next);
    table.current?.querySelector<HTMLElement>(`[data-cell="${next.join()}"]`)?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    const steps: Record<string, readonly [number, number]> = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(...step);
  };
  const chosen = matrix.rows[row];
  const cell = chosen?.cells[column];
  return (
    <>
      <div className="card row wrap about-cell" role="status">
        <p className="fill">{cell && cellWords(matrix, row, column)}</p>
        {chosen?.mayOpen && (
          <Link href={placePath('trends', chosen.org, h2)} className="button small">
            {say('matrix.open')}
          </Link>
        )}
      </div>
      <div className="scroll-x">
        {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrow keys move between the cells, so this table is a grid. */}
        <table ref={table} role="grid" className="matrix" aria-label={say('matrix.title')}>
          <thead>
            <tr>
              <th scope="col">{say('matrix.department')}</th>
              {matrix.elements.map(({ number, short, title }) => (
                <th key={number} scope="col">
                  <span aria-hidden="true">{short}</span>
                  <span className="visually-hidden">{title}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.rows.map((one, y) => (
              <tr key={one.org}>
                <th scope="row">{one.name}</th>
                {one.cells.map((value, x) => (
                  <td key={matrix.elements[x]?.number}>
                    <button
                      type="button"
                      data-cell={`${y},${x}`}
                      tabIndex={y === row && x === column ? 0 : -1}
                      aria-label={cellWords(matrix, y, x)}
                      aria-pressed={y === row && x === column}
                      className={cellLook(value)}
                      onClick={() => setAt([y, x])}
                      onFocus={() => setAt([y, x])}
                      onKeyDown={keys}
                    >
                      <Face cell={value} />
                    </button>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Legend matrix={matrix} />
    </>
  );
}

function changeWords({ element, department, from, to }: Change): string {
  const figure = (cell: MatrixCell) =>
    cell.kind === 'value'
      ? say('trends.figure', { value: oneDecimal(cell.tenths), n: cell.lessons })
      : say('matrix.legendNotEnough');
  return say('trends.changeFigure', {
    element: `${element}, ${department}`,
    from: figure(from),
    to: figure(to),
  });
}

function Face({ cell }: { readonly cell: MatrixCell }) {
  switch (cell.kind) {
    case 'value':
      return oneDecimal(cell.tenths);
    case 'hidden':
      return <Icon name="lock" />;
    default:
      return '–';
  }
}

// The ramp has four steps: the level that the number is nearest to.
function cellLook(cell: MatrixCell): string {
  if (cell.kind !== 'value') return cell.kind === 'hidden' ? 'cell-hidden' : 'cell-none';
  return `ramp-${Math.min(4, Math.max(1, Math.round(cell.tenths / 10)))}`;
}

function cellWords(matrix: Matrix, row: number, column: number): string {
  const department = matrix.rows[row]?.name ?? '';
  const element = matrix.elements[column]?.title ?? '';
  const cell = matrix.rows[row]?.cells[column];
  if (cell === undefined || cell.kind === 'notEnough') {
    return say('matrix.notEnough', { element, department });
  }
  if (cell.kind === 'hidden') return say('matrix.hidden', { element, department });
  const level = Math.min(matrix.levelWords.length, Math.max(1, Math.round(cell.tenths / 10)));
  return say('matrix.cell', {
    element,
    department,
    value: oneDecimal(cell.tenths),
    word: matrix.levelWords[level - 1] ?? '',
    teachers: cell.teachers,
    n: cell.lessons,
  });
}

function Legend({ matrix }: { readonly matrix: Matrix }) {
  return (
    <ul className="legend">
      {matrix.levelWords.slice(0, 4).map((word, index) => (
        <li key={word}>
          <i className={`swatch ramp-${index + 1}`} aria-hidden="true">
            {index + 1}
          </i>
          {word}
        </li>
      ))}
      <li>
        <i className="swatch cell-none" aria-hidden="true">
          –
        </i>
        {say('matrix.legendNotEnough')}
      </li>
      {matrix.frozenMs !== null && (
        <li>
          <i className="swatch cell-hidden" aria-hidden="true">
            <Icon name="lock" />
          </i>
          {say('matrix.legendHidden')}
        </li>
      )}
    </ul>
  );
}
