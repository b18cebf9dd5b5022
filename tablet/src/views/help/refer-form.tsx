// Opening a referral or a support plan. It is a draft until whoever opens it has spoken with the teacher.

import { useState } from 'react';
import type { ReferralChoices } from '../../app/contract';
import { say } from '../../words/say';
import { ColleagueField, DayField, WordsField } from '../forms/fields';
import { FormDialog } from '../forms/form-dialog';
import { useApp, useWhen } from '../frame/reading';
import { WhoLine } from '../frame/who-chip';
import '../visits/visits.css';

const sorts = ['referral', 'plan', 'department'] as const;
const sortWords = {
  referral: 'help.kindReferral',
  plan: 'help.kindPlan',
  department: 'help.kindDepartment',
} as const;
const mostSources = 6;

export function ReferForm({
  choices,
  onClose,
}: {
  readonly choices: ReferralChoices;
  readonly onClose: () => void;
}) {
  const app = useApp();
  const when = useWhen();
  const [sort, setSort] = useState<(typeof sorts)[number]>('referral');
  const [teacherId, setTeacher] = useState('');
  const [departmentId, setDepartment] = useState('');
  const [helper, setHelper] = useState('');
  const [elements, setElements] = useState<readonly number[]>([]);
  const [sources, setSources] = useState<readonly string[]>([]);
  const [aim, setAim] = useState('');
  const [untilMs, setUntil] = useState<number | null>(null);

  const teacher = choices.teachers.find(({ id }) => id === teacherId);
  const department = choices.departments.find(({ id }) => id === departmentId);
  const isOfDepartment = sort === 'department';
  const offered = choices.visits
    .filter((visit) => visit.teacherId === teacherId && teacherId !== '')
    .slice(0, mostSources);
  const toggled = <T,>(all: readonly T[], one: T, on: boolean) =>
    on ? [...all, one] : all.filter((other) => other !== one);
  const isReady =
    (isOfDepartment ? department !== undefined : teacher !== undefined) &&
    (sort !== 'referral' || helper !== '') &&
    // A plan has an end.
    (sort === 'referral' || untilMs !== null) &&
    aim.trim() !== '';
  return (
    <FormDialog
      title={say('help.referTitle')}
      ready={isReady}
      saveWords={say('help.saveDraft')}
      save={() =>
        app.refer({
          teacher: isOfDepartment ? '' : teacherId,
          department: isOfDepartment ? departmentId : (teacher?.departmentId ?? ''),
          helper: sort === 'referral' ? helper : '',
          isPlan: sort !== 'referral',
          elements,
          sources: isOfDepartment ? [] : sources,
          aim: aim.trim(),
          untilMs,
        })
      }
      onClose={onClose}
    >
      <label className="field">
        <span>{say('help.kind')}</span>
        <select
          value={sort}
          onChange={(event) => setSort(event.target.value as (typeof sorts)[number])}
        >
          {sorts.map((one) => (
            <option key={one} value={one}>
              {say(sortWords[one])}
            </option>
          ))}
        </select>
      </label>
      {isOfDepartment ? (
        <label className="field">
          <span>{say('help.forDepartment')}</span>
          <select value={departmentId} onChange={(event) => setDepartment(event.target.value)}>
            <option value="">{say('help.choose')}</option>
            {choices.departments.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <label className="field">
          <span>{say('help.forWhom')}</span>
          <select
            value={teacherId}
            onChange={(event) => {
              setTeacher(event.target.value);
              setSources([]);
            }}
          >
            <option value="">{say('help.choose')}</option>
            {choices.teachers.map(({ id, name, department: of }) => (
              <option key={id} value={id}>
                {name} · {of}
              </option>
            ))}
          </select>
        </label>
      )}
      {sort === 'referral' && (
        <ColleagueField
          label={say('help.who')}
          value={helper}
          onChange={setHelper}
          nobody={say('help.choose')}
          but={teacherId}
          needed
        />
      )}
      <WordsField label={say('help.aim')} value={aim} onChange={setAim} most={1000} needed />
      <DayField
        label={say('help.until')}
        value={untilMs}
        onChange={setUntil}
        needed={sort !== 'referral'}
      />
      <details className="fold">
        <summary>{say('help.reasons')}</summary>
        {choices.elements.map(({ number, title }) => (
          <label key={number} className="check">
            <input
              type="checkbox"
              checked={elements.includes(number)}
              onChange={(event) => setElements(toggled(elements, number, event.target.checked))}
            />
            {title}
          </label>
        ))}
      </details>
      {teacher !== undefined && !isOfDepartment && (
        <details className="fold">
          <summary>{say('help.sources')}</summary>
          {offered.length === 0 && (
            <p className="second muted">{say('help.noSources', { teacher: teacher.name })}</p>
          )}
          {offered.map(({ visitId, lessonMs, classCode }) => (
            <label key={visitId} className="check">
              <input
                type="checkbox"
                checked={sources.includes(visitId)}
                onChange={(event) => setSources(toggled(sources, visitId, event.target.checked))}
              />
              {[when.date(lessonMs), classCode].filter(Boolean).join(' · ')}
            </label>
          ))}
        </details>
      )}
      {isOfDepartment && department !== undefined && (
        <WhoLine words={say('help.departmentNote', { department: department.name })} />
      )}
      {teacher !== undefined && !isOfDepartment && (
        <WhoLine words={say('help.draftNote', { teacher: teacher.name })} />
      )}
    </FormDialog>
  );
}
