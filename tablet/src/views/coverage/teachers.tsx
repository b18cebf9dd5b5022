// A department's teachers, A to Z: state, load, and what to do next.

import { useState } from 'react';
import { Link } from 'wouter';
import type { Coverage, RuleCover, TeacherCover } from '../../app/contract';
import { say } from '../../words/say';
import { Icon, type IconName } from '../frame/icons';
import { useWhen } from '../frame/reading';
import { hoursWords, LoadBoxes } from '../visits/load';
import { CoverTable } from './cover-table';

const looks: Readonly<Record<TeacherCover['state'], { chip: string; icon: IconName }>> = {
  done: { chip: 'ok', icon: 'tick' },
  booked: { chip: 'primary', icon: 'calendar' },
  due: { chip: 'outline', icon: 'minus' },
  overdue: { chip: 'ask', icon: 'clock' },
  exempt: { chip: '', icon: 'minus' },
};

// More boxes than these are not counted at a glance.
const mostBoxes = 8;

export function Teachers({
  part,
  coverage,
}: {
  readonly part: RuleCover;
  readonly coverage: Coverage;
}) {
  const [toVisit, setToVisit] = useState(false);
  const waiting = part.teachers.filter(({ state }) => state === 'due' || state === 'overdue');
  const shown = toVisit ? waiting : part.teachers;
  return (
    <>
      <fieldset className="segments">
        <legend className="visually-hidden">{say('coverage.show')}</legend>
        {[false, true].map((only) => (
          <label key={String(only)}>
            <input
              type="radio"
              name="cover-shown"
              className="hidden-input"
              checked={toVisit === only}
              onChange={() => setToVisit(only)}
            />
            {only
              ? say('coverage.toVisit', { n: waiting.length })
              : say('coverage.everyone', { n: part.teachers.length })}
          </label>
        ))}
      </fieldset>
      {shown.length === 0 ? (
        <p className="muted">{say('coverage.noneToVisit')}</p>
      ) : (
        <Table teachers={shown} coverage={coverage} />
      )}
    </>
  );
}

function Table({
  teachers,
  coverage,
}: {
  readonly teachers: readonly TeacherCover[];
  readonly coverage: Coverage;
}) {
  return (
    <CoverTable
      columns={['coverage.teacher', 'coverage.thisHalfTerm', 'coverage.load', 'coverage.next']}
    >
      {teachers.map((teacher) => (
        <Row key={teacher.id} teacher={teacher} coverage={coverage} />
      ))}
    </CoverTable>
  );
}

function Row({
  teacher,
  coverage,
}: {
  readonly teacher: TeacherCover;
  readonly coverage: Coverage;
}) {
  const { chip, icon } = looks[teacher.state];
  return (
    <tr data-state={teacher.state}>
      <th scope="row">
        {teacher.isMe ? (
          <span className="cover-name">
            {teacher.name} <span className="second muted">({say('coverage.you')})</span>
          </span>
        ) : (
          <Link
            href={`/place/teacher/${teacher.id}/${coverage.halfTerm.h2}`}
            className="cover-name link-quiet"
            aria-label={say('coverage.openTeacher', { teacher: teacher.name })}
          >
            {teacher.name}
          </Link>
        )}
      </th>
      <td>
        <span className={`chip ${chip}`}>
          <Icon name={icon} />
          {say('coverage.state', { state: teacher.state })}
        </span>
        <SubLine teacher={teacher} coverage={coverage} />
      </td>
      <td>
        <Load teacher={teacher} />
      </td>
      <td className="cover-next">
        <Next teacher={teacher} />
      </td>
    </tr>
  );
}

function SubLine({
  teacher,
  coverage,
}: {
  readonly teacher: TeacherCover;
  readonly coverage: Coverage;
}) {
  const when = useWhen();
  const words: (string | false)[] = [];
  if (teacher.state === 'done') {
    words.push(teacher.doneMs !== null && when.date(teacher.doneMs));
    words.push(teacher.recordedLate && say('coverage.recordedLate'));
    words.push(!teacher.shared && say('coverage.notShared'));
  } else if (teacher.state === 'booked') {
    words.push(teacher.plannedMs !== null && when.date(teacher.plannedMs));
    words.push(
      teacher.plannedPeriod !== null && say('coverage.period', { n: teacher.plannedPeriod }),
    );
  } else if (teacher.bookSoon) {
    words.push(say('coverage.bookSoon', { n: coverage.schoolDaysLeft }));
  }
  const line = words.filter(Boolean).join(' · ');
  return line === '' ? null : <span className="small muted cover-sub">{line}</span>;
}

function Load({ teacher }: { readonly teacher: TeacherCover }) {
  const { load } = teacher;
  if (load === null) return null;
  const words = {
    n: load.visits,
    of: load.ofVisits,
    hours: hoursWords(load.minutes),
    ofHours: hoursWords(load.ofMinutes),
  };
  return (
    <span className="load">
      {load.ofVisits <= mostBoxes && <LoadBoxes visits={load.visits} of={load.ofVisits} />}
      <span className="small muted" aria-hidden="true">
        {say('coverage.loadWords', words)}
      </span>
      <span className="visually-hidden">{say('coverage.loadLong', words)}</span>
    </span>
  );
}

function Next({ teacher }: { readonly teacher: TeacherCover }) {
  const isWanted = teacher.state === 'due' || teacher.state === 'overdue';
  if (isWanted && teacher.mayPlan) {
    return (
      <Link
        href={`/visits/new/${teacher.id}`}
        className={`button small ${teacher.state === 'due' ? 'primary' : ''}`}
        aria-label={say('coverage.planFor', { teacher: teacher.name })}
      >
        {say('coverage.plan')}
      </Link>
    );
  }
  if (teacher.load?.full === true) {
    return <span className="small muted">{say('coverage.loadFull')}</span>;
  }
  return null;
}
