// The weekly leadership pack, as a page that prints: praise first, then what is due. Teachers are named
// where there is something to do for them by a day, never by a figure.

import { type ReactNode, useState } from 'react';
import type { Pack, PackItem } from '../../app/contract';
import { say } from '../../words/say';
import { cycleWords } from '../cycle/cycle-words';
import { DecisionForm } from '../cycle/forms';
import { useDays } from '../figures/half-term';
import { areaName, type SectionProps, Sections } from '../figures/place';
import { ShownAnswer } from '../figures/shown';
import { Watermark } from '../figures/watermark';
import { Icon } from '../frame/icons';
import { Page } from '../frame/page';
import { useApp, useStore } from '../frame/reading';
import './pack.css';

export function PackScreen({ areas, area, org }: SectionProps) {
  const app = useApp();
  const pack = useStore(app.figures.pack(org));
  return (
    <Page
      title={area === null ? say('figures.pack') : areaName(area)}
      actions={<Sections areas={areas} area={area} section="pack" />}
    >
      <ShownAnswer loaded={pack}>
        {(answer) => (
          <article className="pack">
            <Top pack={answer.value} />
            <Praise pack={answer.value} />
            <Items title={say('pack.decisions')} items={answer.value.decisions}>
              <Decide pack={answer.value} />
            </Items>
            <Coverage pack={answer.value} />
            <ToShare pack={answer.value} />
            <Items title={say('pack.referrals')} items={answer.value.referrals} referrals />
            <Section title={say('pack.steps')}>
              <p>{say('pack.stepsRow', answer.value.steps)}</p>
            </Section>
            <Cycle pack={answer.value} />
            <Form />
            <Definitions pack={answer.value} />
            <Watermark answer={answer} complete={answer.value.complete} changes={null} />
            <p className="second muted">{say('pack.foot')}</p>
          </article>
        )}
      </ShownAnswer>
    </Page>
  );
}

function Top({ pack }: { readonly pack: Pack }) {
  const { day } = useDays();
  return (
    <div className="row wrap">
      <h2 className="fill">
        {pack.name} · {say('pack.title', { date: day(pack.dayMs) })}
      </h2>
      <button type="button" className="primary no-print" onClick={() => window.print()}>
        <Icon name="page" />
        {say('pack.print')}
      </button>
    </div>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="section card">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

const nothing = <p className="muted">{say('pack.nothing')}</p>;

function Praise({ pack }: { readonly pack: Pack }) {
  const { visits, teachers, words } = pack.praise;
  return (
    <Section title={say('pack.praise')}>
      {visits === 0 ? (
        nothing
      ) : (
        <>
          <p>{say('pack.praiseCount', { visits, teachers })}</p>
          <ul className="praise-words">
            {words.map(({ key, teacher, text }) => (
              <li key={key}>
                <span className="strong">{teacher}</span> {text}
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

function Items({
  title,
  items,
  referrals = false,
  children,
}: {
  readonly title: string;
  readonly items: readonly PackItem[];
  readonly referrals?: boolean;
  readonly children?: ReactNode;
}) {
  const { day } = useDays();
  return (
    <Section title={title}>
      {items.length === 0 ? (
        nothing
      ) : (
        <ul className="list">
          {items.map((item) => (
            <li key={item.key} className="pack-item">
              <span className="fill">
                {referrals
                  ? say('pack.referralRow', {
                      plan: String(item.isPlan),
                      revisits: item.revisits,
                    })
                  : item.text}
              </span>
              <span className="second">{item.owner || say('pack.nobody')}</span>
              {item.dayMs > 0 && (
                <span className="second muted">
                  {say(item.overdue ? 'pack.overdueSince' : 'pack.due', { date: day(item.dayMs) })}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {children}
    </Section>
  );
}

// What the meeting decides is kept in the review of the cycle that runs.
function Decide({ pack }: { readonly pack: Pack }) {
  const [open, setOpen] = useState(false);
  if (pack.place === null) return null;
  return (
    <div className="bar-actions no-print">
      <button type="button" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        {say('cycle.addDecision')}
      </button>
      {open && <DecisionForm place={pack.place} decision={null} onClose={() => setOpen(false)} />}
    </div>
  );
}

function Coverage({ pack }: { readonly pack: Pack }) {
  return (
    <Section title={say('pack.coverage')}>
      {pack.coverage.length === 0 && nothing}
      {pack.coverage.map(({ title, departments }) => (
        <table key={title} className="pack-table">
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">{say('coverage.department')}</th>
              <th scope="col">{say('coverage.visited')}</th>
              <th scope="col">{say('pack.coverageWaiting')}</th>
            </tr>
          </thead>
          <tbody>
            {departments.map((one) => (
              <tr key={one.name}>
                <th scope="row">{one.name}</th>
                <td>{say('coverage.kOfN', { k: one.done, n: one.eligible })}</td>
                <td>
                  {say('pack.coverageWords', {
                    booked: one.booked,
                    bookSoon: one.bookSoon,
                    overdue: one.overdue,
                  })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </Section>
  );
}

function ToShare({ pack }: { readonly pack: Pack }) {
  const { day } = useDays();
  return (
    <Section title={say('pack.toShare')}>
      {pack.toShare.length === 0 ? (
        nothing
      ) : (
        <ul className="list">
          {pack.toShare.map(({ author, n, sinceMs }) => (
            <li key={author} className="pack-item">
              <span className="fill strong">{author}</span>
              <span className="second">{say('pack.toShareRow', { n, date: day(sinceMs) })}</span>
            </li>
          ))}
        </ul>
      )}
      {pack.notAcknowledged > 0 && (
        <p className="second">{say('pack.notAcknowledged', { n: pack.notAcknowledged })}</p>
      )}
    </Section>
  );
}

function Cycle({ pack }: { readonly pack: Pack }) {
  const { day } = useDays();
  return (
    <Section title={say('pack.cycle')}>
      {pack.cycle === null
        ? nothing
        : cycleWords(pack.cycle, day).map((words) => <p key={words}>{words}</p>)}
    </Section>
  );
}

const formLines = [1, 2, 3, 4];

// Written by hand on paper; the decisions are then kept in the cycle's review.
function Form() {
  return (
    <section className="section card print-only">
      <h3>{say('pack.form')}</h3>
      <table className="pack-table form">
        <thead>
          <tr>
            <th scope="col">{say('pack.what')}</th>
            <th scope="col">{say('pack.who')}</th>
            <th scope="col">{say('pack.when')}</th>
          </tr>
        </thead>
        <tbody>
          {formLines.map((line) => (
            <tr key={line}>
              <td />
              <td />
              <td />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Definitions({ pack }: { readonly pack: Pack }) {
  return (
    <section className="section second">
      <h3>{say('pack.definitions')}</h3>
      <p className="measure">{say('pack.defCoverage')}</p>
      <p className="measure">{say('pack.defShare')}</p>
      {pack.cut && <p>{say('pack.cut')}</p>}
    </section>
  );
}
