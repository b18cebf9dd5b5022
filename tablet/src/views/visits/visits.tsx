// Find any visit that I may open. A senior leader holds thousands: only the rows in sight are drawn.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { VisitRow } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { FetchingNotice } from '../frame/notices';
import { Empty, PageHeader, Part, Shown, useKeptScroll } from '../frame/page';
import { useApp, useStore, useWhen } from '../frame/reading';
import { SameLessonQuestions } from '../together/same-lesson';
import { rowWords, VisitRowLink } from './visit-row';
import './visits.css';

const filters = ['all', 'mine', 'toMe', 'planned', 'drafts', 'waiting'] as const;
type Filter = (typeof filters)[number];

const passes: Record<Filter, (row: VisitRow) => boolean> = {
  all: () => true,
  mine: (row) => row.mine,
  toMe: (row) => row.toMe,
  planned: (row) => row.planned,
  drafts: (row) => row.draft,
  waiting: (row) => row.waiting || row.question,
};

// What was looked for, kept while the app is open: back returns to the same list.
let kept: { filter: Filter; sought: string } = { filter: 'all', sought: '' };

export function VisitsScreen() {
  const app = useApp();
  const visits = useStore(app.visits);
  const tablet = useStore(app.tablet);
  const [filter, setFilter] = useState<Filter>(kept.filter);
  const [sought, setSought] = useState(kept.sought);
  useEffect(() => {
    kept = { filter, sought };
  }, [filter, sought]);
  return (
    <>
      <PageHeader title={say('visits.title')}>
        <Link href="/doors" className="button">
          <Icon name="door" />
          {say('doors.title')}
        </Link>
        {tablet.mayWalk && (
          <Link href="/walk" className="button primary">
            {say('today.startWalk')}
          </Link>
        )}
        <Link href="/visits/new" className={tablet.mayWalk ? 'button' : 'button primary'}>
          <Icon name="plus" />
          {say('today.newVisit')}
        </Link>
      </PageHeader>
      <main id="page" tabIndex={-1} className="visits-page">
        <div className="visits-tools">
          <div className="segments" role="radiogroup" aria-label={say('visits.filter')}>
            {filters.map((one) => (
              <label key={one}>
                <input
                  className="hidden-input"
                  type="radio"
                  name="filter"
                  checked={filter === one}
                  onChange={() => setFilter(one)}
                />
                {say(`visits.filter.${one}`)}
              </label>
            ))}
          </div>
          <input
            type="search"
            aria-label={say('visits.search')}
            placeholder={say('visits.search')}
            value={sought}
            onChange={(event) => setSought(event.target.value)}
          />
        </div>
        <FetchingNotice />
        <SameLessonQuestions />
        <Part>
          <Shown loaded={visits}>
            {(rows) => (
              <Rows
                rows={rows}
                filter={filter}
                sought={sought}
                clear={() => {
                  setSought('');
                  setFilter('all');
                }}
              />
            )}
          </Shown>
        </Part>
      </main>
    </>
  );
}

function Rows({
  rows,
  filter,
  sought,
  clear,
}: {
  readonly rows: readonly VisitRow[];
  readonly filter: Filter;
  readonly sought: string;
  readonly clear: () => void;
}) {
  const when = useWhen();
  const text = useDeferredValue(sought.trim().toLocaleLowerCase());
  // biome-ignore lint/correctness/useExhaustiveDependencies: a minute more does not change a search.
  const shown = useMemo(
    () =>
      rows.filter((row) => {
        if (!passes[filter](row)) return false;
        if (text === '') return true;
        const day = row.lessonMs === null ? '' : when.date(row.lessonMs);
        const observers = row.observers.map((one) => one.name).join(' ');
        return `${rowWords(row)} ${row.room} ${observers} ${day}`
          .toLocaleLowerCase()
          .includes(text);
      }),
    [rows, filter, text],
  );
  const scroller = useKeptScroll(`${filter}`);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 69,
    overscan: 8,
    getItemKey: (index) => shown[index]?.id ?? index,
  });
  return (
    <>
      <p role="status" className="visually-hidden">
        {say('visits.count', { n: shown.length })}
      </p>
      <div className="visits-list" ref={scroller}>
        {shown.length === 0 && (
          <Empty>
            <p>
              {rows.length === 0
                ? say('visits.empty')
                : text
                  ? say('visits.noMatch', { text: sought })
                  : say('visits.noneHere', { filter: say(`visits.filter.${filter}`) })}
            </p>
            {rows.length > 0 && (
              <button type="button" onClick={clear}>
                {say('visits.clear')}
              </button>
            )}
          </Empty>
        )}
        <ul style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = shown[item.index];
            return (
              row && (
                <li
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  aria-setsize={shown.length}
                  aria-posinset={item.index + 1}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <VisitRowLink row={row} />
                </li>
              )
            );
          })}
        </ul>
      </div>
    </>
  );
}
