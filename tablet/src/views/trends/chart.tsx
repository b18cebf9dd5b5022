// One element over six half-terms, as a small chart: marks are lessons, the line is the middle value.
// It is drawn by hand because it has nothing that would need a library (docs/decisions/0048). The table
// under the same heading is the version that is read out.

import type { ElementTrend, Trends } from '../../app/contract';
import { say } from '../../words/say';
import { halfTermShort } from '../figures/half-term';

const width = 300;
const height = 116;
const left = 20;
const right = 294;
const top = 18;
const bottom = 96;
const shapes = ['circle', 'square', 'triangle', 'diamond'] as const;
type Shape = (typeof shapes)[number] | 'cross';

export const shapeOf = (observer: number | null): Shape =>
  observer === null ? 'cross' : (shapes[observer % shapes.length] ?? 'cross');

export function MarkShape({ shape, x, y }: { shape: Shape; x: number; y: number }) {
  switch (shape) {
    case 'circle':
      return <circle cx={x} cy={y} r={4.5} />;
    case 'square':
      return <rect x={x - 4.2} y={y - 4.2} width={8.4} height={8.4} />;
    case 'triangle':
      return <path d={`M${x} ${y - 5.6}L${x + 5.4} ${y + 4}H${x - 5.4}Z`} />;
    case 'diamond':
      return <path d={`M${x} ${y - 5.6}L${x + 5.6} ${y}L${x} ${y + 5.6}L${x - 5.6} ${y}Z`} />;
    default:
      return (
        <path d={`M${x - 4} ${y - 4}L${x + 4} ${y + 4}M${x + 4} ${y - 4}L${x - 4} ${y + 4}`} />
      );
  }
}

export function Chart({
  trends,
  element,
  label,
  describedBy,
}: {
  readonly trends: Trends;
  readonly element: ElementTrend;
  readonly label: string;
  readonly describedBy: string;
}) {
  const columns = trends.halfTerms.length;
  const step = (right - left) / Math.max(columns, 1);
  const x = (column: number) => left + step * (column + 0.5);
  const edge = (column: number) => left + step * column;
  const y = (level: number) => bottom - ((level - 1) * (bottom - top)) / (element.levels - 1 || 1);
  const isGroup = trends.of === 'department' || trends.of === 'school';
  const levelOf = (value: number) => (isGroup ? value / 10 : value);
  const pale = element.statement.kind === 'notYet' ? 'pale' : '';
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      aria-describedby={describedBy}
      className="chart"
    >
      {!isGroup && columns > 1 && (
        <>
          <Band
            from={edge(Math.max(0, columns - 4))}
            to={edge(Math.max(0, columns - 2))}
            of="before"
          />
          <Band from={edge(columns - 2)} to={edge(columns)} of="now" />
        </>
      )}
      {Array.from({ length: element.levels }, (_, index) => index + 1).map((level) => (
        <g key={level}>
          <path className="grid-line" d={`M${left} ${y(level)}H${right}`} />
          <text className="tick" x={4} y={y(level) + 4}>
            {level}
          </text>
        </g>
      ))}
      {trends.halfTerms.map((halfTerm, column) => (
        <text key={halfTerm.h2} className="tick" textAnchor="middle" x={x(column)} y={height - 3}>
          {halfTermShort(halfTerm)}
        </text>
      ))}
      {trends.rubricChanges.map((column) => (
        <path key={column} className="rubric-line" d={`M${edge(column)} 6V${bottom + 6}`} />
      ))}
      {isGroup || pale !== '' ? null : <Observers element={element} edge={edge} />}
      {(isGroup || pale === '') &&
        lines(element, trends.rubricChanges, (column, value) => [x(column), y(levelOf(value))]).map(
          (line) => <path key={line} className="middle-line" d={line} />,
        )}
      <g className={`mark ${pale}`}>
        {isGroup
          ? element.points.map((point, column) =>
              point.value === null ? null : (
                <circle
                  key={trends.halfTerms[column]?.h2}
                  cx={x(column)}
                  cy={y(levelOf(point.value))}
                  r={4.5}
                />
              ),
            )
          : marks(element, x, y, step)}
      </g>
    </svg>
  );
}

function Band({ from, to, of }: { from: number; to: number; of: 'now' | 'before' }) {
  return <path className={`band-${of}`} d={`M${from} 8H${to}V${bottom + 6}H${from}Z`} />;
}

// The middle values, joined; the line starts again where the rubric changed.
function lines(
  element: ElementTrend,
  breaks: readonly number[],
  at: (column: number, value: number) => readonly [number, number],
): string[] {
  const all: string[] = [];
  let line = '';
  element.points.forEach((point, column) => {
    if (breaks.includes(column)) {
      if (line !== '') all.push(line);
      line = '';
    }
    if (point.value === null) return;
    const [x, y] = at(column, point.value);
    line += `${line === '' ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  if (line !== '') all.push(line);
  return all;
}

// Lessons of one level in one half-term stand side by side.
function marks(
  element: ElementTrend,
  x: (column: number) => number,
  y: (level: number) => number,
  step: number,
) {
  return element.points.flatMap((point, column) =>
    point.marks.map((mark) => {
      const alike = point.marks.filter(({ level }) => level === mark.level);
      const gap = Math.min(10, (step - 10) / Math.max(alike.length, 1));
      const shift = (alike.indexOf(mark) - (alike.length - 1) / 2) * gap;
      return (
        <MarkShape
          key={mark.visitId}
          shape={shapeOf(mark.observer)}
          x={x(column) + shift}
          y={y(mark.level)}
        />
      );
    }),
  );
}

// Where somebody observed this element for the first time, after somebody else had.
export function newObserversAt(element: ElementTrend): readonly number[] {
  const known = new Set<number>();
  const columns: number[] = [];
  element.points.forEach((point, column) => {
    const here = point.marks.flatMap(({ observer }) => (observer === null ? [] : [observer]));
    if (known.size > 0 && here.some((observer) => !known.has(observer))) columns.push(column);
    for (const observer of here) known.add(observer);
  });
  return columns;
}

function Observers({
  element,
  edge,
}: {
  readonly element: ElementTrend;
  readonly edge: (column: number) => number;
}) {
  return newObserversAt(element).map((column) => (
    <g key={column}>
      <path className="observer-line" d={`M${edge(column)} 12V${bottom + 6}`} />
      <path className="observer-mark" d={`M${edge(column) - 5} 5h10l-5 7z`} />
    </g>
  ));
}

export const oneDecimal = (tenths: number) => (tenths / 10).toFixed(1);

export function statementWords(element: ElementTrend, day: (ms: number) => string) {
  const { statement } = element;
  switch (statement.kind) {
    case 'steady':
      return { arrow: '→', words: say('trends.steady'), reason: '' };
    case 'higher':
      return {
        arrow: '↗',
        words: say('trends.higher', { by: oneDecimal(statement.tenths) }),
        reason: '',
      };
    case 'lower':
      return {
        arrow: '↘',
        words: say('trends.lower', { by: oneDecimal(statement.tenths) }),
        reason: '',
      };
    default:
      return { arrow: '–', words: say('trends.notYet'), reason: reasonWords(statement.why, day) };
  }
}

function reasonWords(
  why: Extract<ElementTrend['statement'], { kind: 'notYet' }>['why'],
  day: (ms: number) => string,
): string {
  switch (why.kind) {
    case 'sides':
      return say('trends.why.sides', why);
    case 'observers':
      return say('trends.why.observers', why);
    case 'rubric':
      return say('trends.why.rubric', { date: day(why.ms) });
    case 'answers':
      return say('trends.why.answers', why);
    default:
      return say('trends.why.notSeen');
  }
}
