// One visit in a list: date, teacher, class, kind, and its two chips.

import { Link } from 'wouter';
import type { VisitRow } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { useWhen } from '../frame/reading';
import { Chip, keptWords, shownWords } from '../frame/state-chips';

// "Ms Kaur · 9M2".
export function rowWords(row: Pick<VisitRow, 'teacher' | 'classCode' | 'kind'>): string {
  return [row.teacher?.name ?? say(`kind.${row.kind}`), row.classCode].filter(Boolean).join(' · ');
}

export function VisitRowLink({ row }: { readonly row: VisitRow }) {
  const when = useWhen();
  const phase = row.planned ? 'planned' : row.draft ? 'draft' : 'submitted';
  const shown = shownWords(row.shown, phase, row.teacher?.name ?? '', when);
  const observers = row.observers.map((one) => one.name).join(', ');
  return (
    <Link href={row.toMe ? `/for-me/${row.id}` : `/visits/${row.id}`} className="row-button visit">
      <span className="visit-date second">
        {row.lessonMs === null ? say('common.noDate') : when.dateTime(row.lessonMs)}
      </span>
      <span className="fill">
        <span className="strong">
          {row.toMe ? say('visits.by', { observer: observers }) : rowWords(row)}
        </span>
        <br />
        <span className="second muted">
          {[
            row.toMe && row.classCode,
            say(`kind.${row.kind}`),
            row.room && say('common.room', { room: row.room }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <span className="visit-chips">
        {row.question && (
          <span className="chip ask">
            <Icon name="question" />
            {say('visits.withQuestion')}
          </span>
        )}
        <Chip words={keptWords(row.kept, when)} />
        {shown && <Chip words={shown} />}
      </span>
      <Icon name="forward" />
    </Link>
  );
}
