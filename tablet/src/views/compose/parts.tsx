// What the teacher will read: what went well, one priority, one step, and the conversation's day.

import type { Feedback, Visit } from '../../app/contract';
import { say } from '../../words/say';
import { atZone, dayField } from '../../words/when';
import { Icon } from '../frame/icons';
import { useApp, useGesture, useWhen } from '../frame/reading';
import { SavedText } from '../frame/saved-text';
import type { TypedField } from '../frame/typing';

interface PartOfFeedback {
  readonly visit: Visit;
  readonly feedback: Feedback;
}

export function Strengths({ visit, feedback }: PartOfFeedback) {
  const app = useApp();
  const run = useGesture();
  return (
    <section className="part praise">
      <h2>
        <Icon name="star" />
        {say('compose.whatWentWell')}
        <span className="chip praise">{say('common.needed')}</span>
      </h2>
      {feedback.strengths.length === 0 && (
        <p className="second muted">{say('compose.hint.noStrength')}</p>
      )}
      {feedback.strengths.map((one, index) => (
        <div key={one.id} className="paragraph">
          <SavedText
            label={say('compose.strength', { n: index + 1 })}
            value={one.text}
            onSave={(text) => run(() => app.editStrength(visit.id, one.id, text))}
          />
          <button
            type="button"
            className="icon"
            aria-label={say('compose.removeStrength', { n: index + 1 })}
            onClick={() => void run(() => app.removeStrength(visit.id, one.id))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <div>
        <button type="button" onClick={() => void run(() => app.addStrength(visit.id, ''))}>
          <Icon name="plus" />
          {say('compose.addStrength')}
        </button>
      </div>
    </section>
  );
}

function ElementSelect({
  visit,
  label,
  value,
  choose,
}: {
  readonly visit: Visit;
  readonly label: string;
  readonly value: number | null;
  readonly choose: (element: number | null) => void;
}) {
  return (
    <select
      aria-label={label}
      value={value ?? ''}
      onChange={(event) => choose(event.target.value === '' ? null : Number(event.target.value))}
    >
      <option value="">{say('compose.noElement')}</option>
      {visit.elements.map((element) => (
        <option key={element.number} value={element.number}>
          {element.title}
        </option>
      ))}
    </select>
  );
}

export function Priority({
  visit,
  feedback,
  field,
}: PartOfFeedback & { readonly field: TypedField }) {
  const app = useApp();
  const run = useGesture();
  const element = visit.elements.find((one) => one.number === feedback.priorityElement);
  return (
    <section className="part help">
      <h2>
        <Icon name="question" />
        {say('compose.priority')}
        <span className="chip">{say('common.optional')}</span>
      </h2>
      <ElementSelect
        visit={visit}
        label={say('compose.priorityElement')}
        value={feedback.priorityElement}
        choose={(number) => void run(() => app.setPriorityElement(visit.id, number))}
      />
      <SavedText
        label={say('compose.priority')}
        placeholder={say('compose.priorityHint')}
        field={field}
        value={feedback.priority}
        onSave={(text) => run(() => app.setPriority(visit.id, text))}
      />
      {element && feedback.priority === '' && element.nextStepStems.length > 0 && (
        <fieldset className="stems" aria-label={say('compose.stems')}>
          {element.nextStepStems.map((stem) => (
            <button
              key={stem}
              type="button"
              onClick={() => void run(() => app.setPriority(visit.id, stem))}
            >
              {stem}
            </button>
          ))}
        </fieldset>
      )}
    </section>
  );
}

// `field`: of the first step.
export function StepsPart({ visit, field }: { readonly visit: Visit; readonly field: TypedField }) {
  const app = useApp();
  const run = useGesture();
  return (
    <section className="part step">
      <h2>
        <Icon name="tick" />
        {say('compose.step')}
      </h2>
      {visit.steps.map((step, index) => (
        <div key={step.id} className="step-row">
          <SavedText
            label={say('compose.stepWords')}
            placeholder={say('compose.stepWords')}
            maxLength={500}
            {...(index === 0 ? { field } : {})}
            value={step.text}
            onSave={(text) => run(() => app.editStep(visit.id, step.id, { text }))}
          />
          <DayField
            label={say('compose.due')}
            value={step.dueMs}
            save={(dueMs) => app.editStep(visit.id, step.id, { dueMs })}
          />
        </div>
      ))}
      {visit.steps.length === 0 && (
        <div>
          <button
            type="button"
            onClick={() =>
              void run(() =>
                app.addStep(visit.id, '', visit.feedback?.priorityElement ?? null, null),
              )
            }
          >
            <Icon name="plus" />
            {say('compose.addStep')}
          </button>
        </div>
      )}
    </section>
  );
}

export function DayField({
  label,
  value,
  save,
}: {
  readonly label: string;
  readonly value: number | null;
  readonly save: (dayMs: number | null) => ReturnType<ReturnType<typeof useApp>['setConversation']>;
}) {
  const when = useWhen();
  const run = useGesture();
  return (
    <label className="field">
      <span>{label}</span>
      <input
        type="date"
        value={value === null ? '' : dayField(value, when.zone)}
        onChange={(event) => {
          const day = event.target.value;
          void run(() => save(day === '' ? null : atZone(day, '00:00', when.zone)));
        }}
      />
    </label>
  );
}

export function IncludeNotes({
  visit,
  feedback,
  teacher,
}: {
  readonly visit: Visit;
  readonly feedback: Feedback;
  readonly teacher: string;
}) {
  const app = useApp();
  const run = useGesture();
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={feedback.includeNotes}
        onChange={(event) => void run(() => app.setIncludeNotes(visit.id, event.target.checked))}
      />
      {say('compose.includeNotes', { teacher })}
    </label>
  );
}
