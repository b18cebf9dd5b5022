// Agreed steps from both sides: what I am trying, and where I look in. Each with its look-in.

import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { StepThread } from '../../app/contract';
import { say } from '../../words/say';
import { useDays } from '../figures/half-term';
import { DayField } from '../forms/fields';
import { FormDialog } from '../forms/form-dialog';
import { Icon } from '../frame/icons';
import { Empty, Page, Shown } from '../frame/page';
import { useApp, useGesture, useStore } from '../frame/reading';
import { DropForm } from './drop-form';

const isOpen = ({ status }: StepThread) => status === 'open' || status === 'tried';

export function StepsScreen() {
  const app = useApp();
  const steps = useStore(app.steps);
  return (
    <Page
      title={say('steps.title')}
      subtitle={say('steps.purpose')}
      back={{ to: '/for-me', place: say('nav.forMe') }}
    >
      <Shown loaded={steps}>
        {(all) => {
          if (all.length === 0) {
            return (
              <Empty>
                <p>{say('steps.empty')}</p>
              </Empty>
            );
          }
          const open = all.filter(isOpen);
          return (
            <>
              {open.length === 0 && <p className="muted">{say('steps.noneOpen')}</p>}
              <Group title={say('steps.mine')} steps={open.filter(({ mine }) => mine)} />
              <Group title={say('steps.toLookIn')} steps={open.filter(({ mine }) => !mine)} />
              <Group title={say('steps.settled')} steps={all.filter((step) => !isOpen(step))} />
            </>
          );
        }}
      </Shown>
    </Page>
  );
}

function Group({
  title,
  steps,
}: {
  readonly title: string;
  readonly steps: readonly StepThread[];
}) {
  if (steps.length === 0) return null;
  return (
    <section className="section">
      <h2>{title}</h2>
      <ul className="turns">
        {steps.map((step) => (
          <li key={`${step.visitId} ${step.stepId}`}>
            <StepCard step={step} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function StepCard({ step }: { readonly step: StepThread }) {
  const { day, date } = useDays();
  return (
    <div className="card column" data-step={step.stepId}>
      <div className="row wrap">
        <p className="fill measure strong">{step.text}</p>
        <span className={`chip ${step.status === 'embedded' ? 'ok' : 'primary'}`}>
          <Icon name={step.status === 'embedded' ? 'tick' : 'link'} />
          {say(`step.${step.status}`)}
        </span>
      </div>
      <p className="second muted">
        {[
          step.mine ? '' : step.teacher,
          step.classCode,
          step.element,
          step.agreedMs !== null && say('steps.agreed', { date: date(step.agreedMs) }),
          step.dueMs !== null && say('step.until', { date: day(step.dueMs) }),
          step.mine && say('step.looksIn', { name: step.looksIn }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {step.overdue && step.dueMs !== null && (
        <p className="notice ask second">{say('step.overdue', { date: day(step.dueMs) })}</p>
      )}
      {step.droppedBecause !== '' && (
        <p className="second measure">{say('step.droppedBecause', { why: step.droppedBecause })}</p>
      )}
      {step.check !== null && <Check check={step.check} />}
      {isOpen(step) && <Actions step={step} />}
    </div>
  );
}

function Check({ check }: { readonly check: NonNullable<StepThread['check']> }) {
  const { date } = useDays();
  return (
    <div className="row wrap">
      <span className="second fill">
        {check.lessonMs === null
          ? say('steps.checkNamed')
          : say(check.isPlanned ? 'steps.checkPlanned' : 'steps.check', {
              date: date(check.lessonMs),
            })}
      </span>
      {check.mayOpen && (
        <Link href={`/visits/${check.visitId}`} className="link">
          {say('steps.openCheck')}
        </Link>
      )}
    </div>
  );
}

function Actions({ step }: { readonly step: StepThread }) {
  const app = useApp();
  const run = useGesture();
  const [, go] = useLocation();
  const { date } = useDays();
  const [open, setOpen] = useState<'plan' | 'newDay' | 'drop' | null>(null);
  const set = (status: StepThread['status']) =>
    void run(() => app.editStep(step.visitId, step.stepId, { status }));
  const start = async () => {
    const begun = await run(() => app.lookIn(step.visitId, step.stepId, null));
    if (begun) go(`/visits/${begun.visitId}`);
  };
  return (
    <>
      <div className="bar-actions">
        {step.mine && step.status === 'open' && (
          <button type="button" className="primary" onClick={() => set('tried')}>
            {say('step.iTried')}
          </button>
        )}
        {step.mayLookIn &&
          (step.loadFull ? (
            <Link href={`/visits/new/${step.teacherId}`} className="button">
              {say('steps.plan')}
            </Link>
          ) : (
            <>
              <button
                type="button"
                className="primary"
                aria-label={say('steps.startNamed', { teacher: step.teacher })}
                onClick={() => void start()}
              >
                {say('steps.start')}
              </button>
              <button type="button" onClick={() => setOpen('plan')}>
                {say('steps.plan')}
              </button>
            </>
          ))}
        {step.status === 'tried' && (
          <button
            type="button"
            className={step.mine ? 'primary' : ''}
            onClick={() => set('embedded')}
          >
            {say('step.habit')}
          </button>
        )}
        {step.overdue && (
          <button type="button" onClick={() => setOpen('newDay')}>
            {say('steps.newDay')}
          </button>
        )}
        <button type="button" className="quiet" onClick={() => setOpen('drop')}>
          {say('step.drop')}
        </button>
      </div>
      {step.mayLookIn && step.loadFull && <p className="second muted">{say('steps.loadFull')}</p>}
      {step.mayLink.length > 0 && (
        <details className="fold">
          <summary>{say('steps.link')}</summary>
          <div className="bar-actions">
            {step.mayLink.map(({ visitId, lessonMs }) => (
              <button
                key={visitId}
                type="button"
                className="small"
                onClick={() => void run(() => app.nameLookIn(step.visitId, step.stepId, visitId))}
              >
                {date(lessonMs)}
              </button>
            ))}
          </div>
        </details>
      )}
      {open === 'drop' && (
        <DropForm visitId={step.visitId} stepId={step.stepId} onClose={() => setOpen(null)} />
      )}
      {open !== null && open !== 'drop' && (
        <DayForm step={step} what={open} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

// Lessons are planned for the middle of the day: the time is set on the plan's own page.
const noonMs = 12 * 3_600_000;

function DayForm({
  step,
  what,
  onClose,
}: {
  readonly step: StepThread;
  readonly what: 'plan' | 'newDay';
  readonly onClose: () => void;
}) {
  const app = useApp();
  const [ms, setMs] = useState(what === 'plan' ? step.dueMs : null);
  return (
    <FormDialog
      title={
        what === 'plan' ? say('steps.planTitle', { teacher: step.teacher }) : say('steps.newDay')
      }
      ready={ms !== null}
      save={() =>
        what === 'plan'
          ? app.lookIn(step.visitId, step.stepId, (ms ?? 0) + noonMs)
          : app.editStep(step.visitId, step.stepId, { dueMs: ms })
      }
      onClose={onClose}
    >
      <DayField value={ms} onChange={setMs} needed />
    </FormDialog>
  );
}
