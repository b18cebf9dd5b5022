// What a teacher is told, as they read it: what went well, one priority, one step.

import type { ReactNode } from 'react';
import type { Version, Visit } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { useWhen } from '../frame/reading';

export type ToldText = Pick<
  Version,
  'strengths' | 'priority' | 'priorityElement' | 'steps' | 'message'
>;

// `ask`: draws the Ask button of a paragraph; absent in a preview.
export function Told({
  visit,
  told,
  ask,
}: {
  readonly visit: Visit;
  readonly told: ToldText;
  readonly ask?: (text: string, element: number | null) => ReactNode;
}) {
  const when = useWhen();
  const element = visit.elements.find((one) => one.number === told.priorityElement);
  const line = (text: string, number: number | null) => (
    <div key={text} className="told-line">
      <p>{text}</p>
      {ask?.(text, number)}
    </div>
  );
  if (told.strengths.length === 0 && told.priority === '' && told.steps.length === 0) {
    return <p className="muted">{say('compose.previewEmpty')}</p>;
  }
  return (
    <>
      {told.strengths.length > 0 && (
        <section className="told praise">
          <h2>
            <Icon name="star" />
            {say('read.whatWentWell')}
          </h2>
          {told.strengths.map((text) => line(text, null))}
        </section>
      )}
      {told.priority !== '' && (
        <section className="told help">
          <h2>
            <Icon name="question" />
            {element ? say('read.priorityOn', { element: element.title }) : say('read.priority')}
          </h2>
          {line(told.priority, told.priorityElement)}
        </section>
      )}
      {told.steps.length > 0 && (
        <section className="told step">
          <h2>
            <Icon name="tick" />
            {say(told.steps.length === 1 ? 'read.step' : 'read.steps')}
          </h2>
          {told.steps.map((step) => (
            <div key={step.id} className="column tight">
              {line(step.text, step.element)}
              {step.dueMs !== null && (
                <div>
                  <span className="chip primary">
                    <Icon name="calendar" />
                    {say('read.tryUntil', { date: when.date(step.dueMs) })}
                  </span>
                </div>
              )}
            </div>
          ))}
        </section>
      )}
      {told.message.length > 0 && (
        <section className="told">
          <h2>{say('read.message')}</h2>
          {told.message.map((text) => line(text, null))}
        </section>
      )}
    </>
  );
}
