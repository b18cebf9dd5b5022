// Whom to visit: a list that typing makes shorter, and oneself.

import { useMemo } from 'react';
import type { NewVisit } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';

export const self = 'self';
// More than these are found by typing, not by scrolling.
const mostShown = 60;

export function TeacherField({
  options,
  sought,
  setSought,
  teacherId,
  choose,
}: {
  readonly options: NewVisit;
  readonly sought: string;
  readonly setSought: (text: string) => void;
  readonly teacherId: string;
  readonly choose: (id: string) => void;
}) {
  const found = useMemo(() => {
    const text = sought.trim().toLocaleLowerCase();
    return options.teachers.filter((one) =>
      `${one.name} ${one.department}`.toLocaleLowerCase().includes(text),
    );
  }, [options.teachers, sought]);
  const shown = found.slice(0, mostShown);
  return (
    <fieldset className="plain column">
      <legend className="label">{say('newVisit.teacher')}</legend>
      <input
        type="search"
        aria-label={say('newVisit.findTeacher')}
        placeholder={say('newVisit.findTeacher')}
        value={sought}
        onChange={(event) => setSought(event.target.value)}
      />
      {shown.length === 0 && (
        <p className="muted">
          {sought ? say('newVisit.noTeacher', { text: sought }) : say('newVisit.noTeachers')}
        </p>
      )}
      <div className="teachers">
        {shown.map((one) => (
          <TeacherOption
            key={one.id}
            id={one.id}
            name={one.name}
            hint={one.department}
            checked={teacherId === one.id}
            choose={choose}
          />
        ))}
        {options.maySelf && sought === '' && (
          <TeacherOption
            id={self}
            name={say('newVisit.selfTitle')}
            hint={say('kind.SELF')}
            checked={teacherId === self}
            choose={choose}
          />
        )}
        {found.length > shown.length && (
          <p className="second muted">
            {say('newVisit.moreTeachers', { n: found.length - shown.length })}
          </p>
        )}
      </div>
    </fieldset>
  );
}

function TeacherOption({
  id,
  name,
  hint,
  checked,
  choose,
}: {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly choose: (id: string) => void;
}) {
  return (
    <label className="option">
      <input
        className="hidden-input"
        type="radio"
        name="teacher"
        checked={checked}
        onChange={() => choose(id)}
      />
      <span>
        <span className="strong">{name}</span>
        <br />
        <span className="small muted">{hint}</span>
      </span>
      <span className="tick">
        <Icon name="tick" />
      </span>
    </label>
  );
}
