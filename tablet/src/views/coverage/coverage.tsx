// Coverage: has everyone had their visit, who is next. A department by teacher, a school by department;
// A to Z, never by figure.

import { useState } from 'react';
import { Link } from 'wouter';
import type { Coverage, CoverChange, CoverNumbers, RuleCover } from '../../app/contract';
import { say } from '../../words/say';
import { HalfTermPicker, halfTermName, useDays } from '../figures/half-term';
import { areaName, placePath, type SectionProps, Sections } from '../figures/place';
import { reasonWords } from '../figures/reasons';
import { ShownAnswer } from '../figures/shown';
import { Watermark } from '../figures/watermark';
import { Icon } from '../frame/icons';
import { Empty, Page } from '../frame/page';
import { useApp, useStore, useWhen } from '../frame/reading';
import './coverage.css';
import { Departments } from './departments';
import { Meter } from './meter';
import { Teachers } from './teachers';

export function CoverageScreen({ areas, area, org, h2 }: SectionProps) {
  const app = useApp();
  const coverage = useStore(app.figures.coverage(org, h2));
  const [ruleChosen, setRule] = useState('');
  const value = coverage.kind === 'ready' ? coverage.value.value : null;
  const rules = rulesOf(value);
  const rule = rules.find(({ id }) => id === ruleChosen) ?? rules[0];
  const parts = (value?.rules ?? []).filter((part) => part.rule === rule?.id);
  const isDepartment = area?.org !== org || area.kind === 'department';
  const title = isDepartment ? (parts[0]?.departmentName ?? '') : '';
  return (
    <Page
      title={title || (area === null ? say('figures.coverage') : areaName(area))}
      {...(area !== null && area.org !== org
        ? { back: { to: placePath('coverage', area.org, h2), place: areaName(area) } }
        : {})}
      actions={area?.org === org && <Sections areas={areas} area={area} section="coverage" />}
      aside={value !== null && <Beside coverage={value} parts={parts} />}
    >
      <ShownAnswer loaded={coverage}>
        {(answer) => (
          <>
            <div className="row wrap cover-head">
              <h2 className="fill" aria-live="polite">
                {say('coverage.heading', {
                  halfTerm: halfTermName(answer.value.halfTerm),
                  ...numbersOf(parts),
                })}
              </h2>
              <HalfTermPicker
                halfTerm={answer.value.halfTerm}
                to={(to) => placePath('coverage', org, to)}
              />
            </div>
            {rules.length > 1 && (
              <label className="row rule">
                <span className="second strong">{say('coverage.rule')}</span>
                <select value={rule?.id ?? ''} onChange={(event) => setRule(event.target.value)}>
                  {rules.map(({ id, title: words }) => (
                    <option key={id} value={id}>
                      {words}
                    </option>
                  ))}
                </select>
              </label>
            )}
            <Meter numbers={numbersOf(parts)} />
            <CoverageWatermark answer={answer} rule={rule?.title ?? ''} />
            {parts.length === 0 || numbersOf(parts).eligible === 0 ? (
              <Empty>
                <p>{say('coverage.empty')}</p>
              </Empty>
            ) : (
              <Before coverage={answer.value} />
            )}
            {isDepartment ? (
              parts.map((part) => (
                <Teachers key={part.department} part={part} coverage={answer.value} />
              ))
            ) : (
              <Departments parts={parts} h2={answer.value.halfTerm.h2} />
            )}
          </>
        )}
      </ShownAnswer>
    </Page>
  );
}

// Each rule once, the first one of the school's usual round.
function rulesOf(coverage: Coverage | null): readonly { id: string; title: string }[] {
  const rules = new Map<string, { title: string; eligible: number }>();
  for (const { rule, title, eligible } of coverage?.rules ?? []) {
    rules.set(rule, { title, eligible: (rules.get(rule)?.eligible ?? 0) + eligible });
  }
  // A rule that asks for nobody here comes last.
  return [...rules]
    .map(([id, { title, eligible }]) => ({ id, title, eligible }))
    .sort((a, b) => Number(b.eligible > 0) - Number(a.eligible > 0));
}

const counted = [
  'done',
  'eligible',
  'booked',
  'due',
  'overdue',
  'exempt',
  'bookSoon',
  'recordedLate',
  'notShared',
] as const;

export function numbersOf(parts: readonly RuleCover[]): CoverNumbers & Record<string, number> {
  const sum = { ...Object.fromEntries(counted.map((name) => [name, 0])) } as Record<
    (typeof counted)[number],
    number
  >;
  for (const part of parts) for (const name of counted) sum[name] += part[name];
  return sum;
}

function Before({ coverage }: { readonly coverage: Coverage }) {
  const { day } = useDays();
  if (coverage.when !== 'before') return null;
  return (
    <p className="notice info">
      <Icon name="calendar" />
      {say('coverage.before', {
        halfTerm: halfTermName(coverage.halfTerm),
        date: day(coverage.halfTerm.fromMs),
      })}
    </p>
  );
}

function CoverageWatermark({
  answer,
  rule,
}: {
  readonly answer: Parameters<typeof Watermark<Coverage>>[0]['answer'];
  readonly rule: string;
}) {
  const when = useWhen();
  const days = useDays();
  const words = (change: CoverChange) => {
    if (change.kind === 'department') {
      const { department, fromDone, toDone, eligible } = change;
      return say('coverage.changeDepartment', { department, fromDone, toDone, eligible });
    }
    const { teacher, from, to } = change;
    if (change.doneMs === null || to !== 'done')
      return say('coverage.change', { teacher, from, to });
    const date = when.date(change.doneMs);
    return say(change.recordedLate ? 'coverage.changeLate' : 'coverage.changeDone', {
      teacher,
      date,
    });
  };
  return (
    <Watermark
      answer={answer}
      complete={answer.value.complete}
      changes={[
        ...answer.value.changes.filter((change) => change.rule === rule).map(words),
        ...answer.value.reasons.map((reason) => reasonWords(reason, days)),
      ]}
    />
  );
}

function Beside({
  coverage,
  parts,
}: {
  readonly coverage: Coverage;
  readonly parts: readonly RuleCover[];
}) {
  const when = useWhen();
  const { done, notShared, recordedLate } = numbersOf(parts);
  return (
    <>
      <section className="section card">
        <h2>{say('coverage.after')}</h2>
        <dl className="pairs">
          <dt>{say('coverage.shared')}</dt>
          <dd>{say('coverage.sharedWords', { k: done - notShared, n: done })}</dd>
          <dt>{say('coverage.lateNumber')}</dt>
          <dd>{say('coverage.sharedWords', { k: recordedLate, n: done })}</dd>
        </dl>
      </section>
      <section className="section card">
        <h2>{say('coverage.coming')}</h2>
        {coverage.comingUp.length === 0 ? (
          <p className="second muted">{say('coverage.comingNone')}</p>
        ) : (
          <ul className="list">
            {coverage.comingUp.map((visit) => (
              <li key={visit.visitId} className="who-row second">
                <span className="strong">{visit.teacher}</span>
                <br />
                <span className="muted">
                  {[
                    when.date(visit.lessonMs),
                    visit.period !== null && say('coverage.period', { n: visit.period }),
                    visit.classCode,
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className="section card">
        <h2>{say('doors.title')}</h2>
        <p className="second muted">{say('doors.beside')}</p>
        <Link href="/doors" className="button">
          <Icon name="door" />
          {say('doors.look')}
        </Link>
      </section>
    </>
  );
}
