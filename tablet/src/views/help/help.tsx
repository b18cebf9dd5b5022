// Help as work done: of an Advanced Skills Teacher only the elements that were named, only from consent
// on, and departments without names; of whoever leads, what they opened and what goes on.

import { useState } from 'react';
import { Link } from 'wouter';
import type { Help, HelpThread, ReferralChoices } from '../../app/contract';
import { list, say } from '../../words/say';
import { halfTermShort, useDays } from '../figures/half-term';
import { areaName, type SectionProps, Sections } from '../figures/place';
import { ShownAnswer } from '../figures/shown';
import { Watermark } from '../figures/watermark';
import { DiffersNotice, KeptChip } from '../forms/differs';
import { Icon } from '../frame/icons';
import { Empty, Page } from '../frame/page';
import { useApp, useStore, useWhen } from '../frame/reading';
import { oneDecimal } from '../trends/chart';
import { ReferForm } from './refer-form';
import { ThreadActions } from './thread-actions';
import '../trends/trends.css';

export function HelpScreen({ areas, area, org }: SectionProps) {
  const app = useApp();
  const help = useStore(app.figures.help(org));
  return (
    <Page
      title={area === null ? say('figures.help') : areaName(area)}
      actions={<Sections areas={areas} area={area} section="help" />}
    >
      <ShownAnswer loaded={help}>
        {(answer) => (
          <>
            {answer.value.mayRefer !== null && <Refer choices={answer.value.mayRefer} />}
            {answer.value.threads.length === 0 ? (
              <Empty>
                <p>{say(answer.value.mayRefer === null ? 'help.empty' : 'help.leaderEmpty')}</p>
              </Empty>
            ) : (
              answer.value.threads.map((thread) => <Thread key={thread.id} thread={thread} />)
            )}
            {answer.value.mayRefer === null && <Departments help={answer.value} />}
            <Watermark answer={answer} complete={answer.value.complete} changes={null} />
          </>
        )}
      </ShownAnswer>
    </Page>
  );
}

function Refer({ choices }: { readonly choices: ReferralChoices }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="bar-actions rule">
      <button type="button" className="primary" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        {say('help.refer')}
      </button>
      {open && <ReferForm choices={choices} onClose={() => setOpen(false)} />}
    </div>
  );
}

function Thread({ thread }: { readonly thread: HelpThread }) {
  const { day } = useDays();
  const when = useWhen();
  const who = thread.teacher || thread.department;
  const consent = {
    given: 'help.consented',
    waiting: thread.part === 'helper' ? 'help.waiting' : 'help.waitingAnswer',
    refused: 'help.refused',
  } as const;
  return (
    <section className="section card">
      <div className="row wrap">
        <h2 className="fill">{who}</h2>
        <span className="chip help">
          <Icon name="help" />
          {say(thread.isPlan ? 'help.plan' : 'help.referral')}
        </span>
        {thread.level === 'draft' && (
          <span className="chip">
            <Icon name="pencil" />
            {say('help.draft')}
          </span>
        )}
        {thread.level === 'closed' && <span className="chip">{say('help.closed')}</span>}
        <KeptChip kept={thread.kept} />
        {thread.outcome !== null && (
          <span className="chip ok">
            <Icon name="tick" />
            {say('help.outcome', { outcome: thread.outcome })}
          </span>
        )}
      </div>
      <p className="second muted">
        {[
          thread.teacher !== '' &&
            thread.level !== 'draft' &&
            say(consent[thread.consent], { teacher: thread.teacher }),
          thread.helper !== '' &&
            thread.part !== 'helper' &&
            say('help.helper', { name: thread.helper }),
          thread.elements.length > 0 && say('help.elements', { elements: list(thread.elements) }),
          thread.nextMs !== null && say('help.next', { date: day(thread.nextMs) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {thread.consentWords !== '' && <p className="second">“{thread.consentWords}”</p>}
      {thread.aims.length > 0 && (
        <>
          <h3>{say('help.aims')}</h3>
          <ul className="list">
            {thread.aims.map((aim) => (
              <li key={aim} className="who-row">
                {aim}
              </li>
            ))}
          </ul>
        </>
      )}
      {thread.evidence.map(({ element, level }) => (
        <p key={element} className="second">
          {say('help.evidence', { element, level })}
        </p>
      ))}
      {thread.steps.length > 0 && (
        <>
          <h3>{say('help.steps')}</h3>
          <ul className="list">
            {thread.steps.map((step) => (
              <li key={step.key} className="row who-row wrap">
                <span className="fill">{step.text}</span>
                <span className={`chip ${step.overdue ? 'ask' : ''}`}>
                  {say(`step.${step.status}`)}
                </span>
                {step.dueMs !== null && (
                  <span className="second muted">
                    {say('help.stepUntil', { date: day(step.dueMs) })}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>{say('help.revisits')}</h3>
      {thread.revisits.length === 0 ? (
        <p className="muted">{say('help.noRevisits')}</p>
      ) : (
        <ul className="list">
          {thread.revisits.map(({ visitId, lessonMs, mayOpen }) => (
            <li key={visitId} className="row who-row">
              <span className="fill">{lessonMs === null ? '' : when.date(lessonMs)}</span>
              {mayOpen && (
                <Link href={`/visits/${visitId}`} className="link">
                  {say('trends.lessonOpen')}
                </Link>
              )}
            </li>
          ))}
        </ul>
      )}
      <DiffersNotice differs={thread.differs} />
      <ThreadActions thread={thread} />
    </section>
  );
}

function Departments({ help }: { readonly help: Help }) {
  return (
    <section className="section">
      <h2>{say('help.departments')}</h2>
      {help.departments.length === 0 ? (
        <p className="muted">{say('help.departmentsNone')}</p>
      ) : (
        help.departments.map(({ name, points }) => {
          const elements = [
            ...new Set(points.flatMap(({ levels }) => levels.map(({ element }) => element))),
          ];
          return (
            <div key={name} className="scroll-x">
              <table className="trend-table">
                <caption>{name}</caption>
                <thead>
                  <tr>
                    <th scope="col">{say('trends.element')}</th>
                    {points.map(({ halfTerm }) => (
                      <th key={halfTerm.h2} scope="col">
                        {halfTermShort(halfTerm)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {elements.map((element) => (
                    <tr key={element}>
                      <th scope="row">{element}</th>
                      {points.map(({ halfTerm, levels }) => {
                        const level = levels.find((one) => one.element === element);
                        return (
                          <td key={halfTerm.h2}>
                            {level === undefined ? say('frozen.hidden') : oneDecimal(level.tenths)}
                          </td>
                        );
                      })}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        })
      )}
    </section>
  );
}
