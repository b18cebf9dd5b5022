// The six-week cycle: aims set, looked at week by week, decided. Whoever leads writes in it here.

import { useState } from 'react';
import type { CycleAim, CycleDecision, CycleReview, CycleState } from '../../app/contract';
import { say } from '../../words/say';
import { useDays } from '../figures/half-term';
import { areaName, type SectionProps, Sections } from '../figures/place';
import { ShownAnswer } from '../figures/shown';
import { Watermark } from '../figures/watermark';
import { DiffersChip, KeptChip } from '../forms/differs';
import { Icon } from '../frame/icons';
import { Empty, Page } from '../frame/page';
import { useApp, useGesture, useStore } from '../frame/reading';
import { cycleWords } from './cycle-words';
import { AimForm, DecisionForm, WeekForm } from './forms';

export function CycleScreen({ areas, area, org }: SectionProps) {
  const app = useApp();
  const cycle = useStore(app.figures.cycle(org));
  const { day } = useDays();
  return (
    <Page
      title={area === null ? say('figures.cycle') : areaName(area)}
      actions={<Sections areas={areas} area={area} section="cycle" />}
    >
      <ShownAnswer loaded={cycle}>
        {(answer) => {
          const { state, reviews, complete } = answer.value;
          if (state === null) {
            return (
              <Empty>
                <p>{say('cycle.none')}</p>
              </Empty>
            );
          }
          const [first = '', ...more] = cycleWords(state, day);
          return (
            <>
              <h2>{first}</h2>
              <p className="muted">
                {say('cycle.days', { from: day(state.fromMs), to: day(state.toMs) })}{' '}
                {more.join(' ')}
              </p>
              {reviews.map((review) => (
                <Review
                  key={`${review.scope} ${review.record}`}
                  review={review}
                  week={weekToSay(state)}
                />
              ))}
              <Watermark answer={answer} complete={complete} changes={null} />
            </>
          );
        }}
      </ShownAnswer>
    </Page>
  );
}

// The week that is looked at: this one; in a pause or after the end, the last that was. 0: none yet.
const weekToSay = ({ week, weeks, nextWeek }: CycleState) =>
  week > 0 ? week : nextWeek === null ? weeks : nextWeek.number - 1;

type Editing =
  | { readonly kind: 'aim'; readonly aim: CycleAim | null }
  | { readonly kind: 'decision'; readonly decision: CycleDecision | null }
  | { readonly kind: 'week'; readonly week: number };

function Review({ review, week }: { readonly review: CycleReview; readonly week: number }) {
  const [editing, setEditing] = useState<Editing | null>(null);
  const close = () => setEditing(null);
  const { mayWrite } = review;
  const said = review.checkPoints.some((point) => point.week === week);
  return (
    <section className="section card" data-scope={review.scope}>
      <div className="row wrap">
        <h2 className="fill">{review.name}</h2>
        <KeptChip kept={review.kept} />
      </div>
      {!review.begun && <p className="muted">{say('cycle.notBegunReview')}</p>}
      {review.begun && <Aims review={review} edit={(aim) => setEditing({ kind: 'aim', aim })} />}
      {review.checkPoints.length > 0 && (
        <Weeks review={review} edit={(of) => setEditing({ kind: 'week', week: of })} />
      )}
      {review.begun && (
        <Decisions
          review={review}
          edit={(decision) => setEditing({ kind: 'decision', decision })}
        />
      )}
      {mayWrite ? (
        <div className="bar-actions">
          <button type="button" onClick={() => setEditing({ kind: 'decision', decision: null })}>
            <Icon name="plus" />
            {say('cycle.addDecision')}
          </button>
          {week > 0 && !said && (
            <button type="button" onClick={() => setEditing({ kind: 'week', week })}>
              {say('cycle.sayWeek', { n: week })}
            </button>
          )}
          <button type="button" onClick={() => setEditing({ kind: 'aim', aim: null })}>
            {say('cycle.addAim')}
          </button>
        </div>
      ) : (
        <p className="second muted">{say('cycle.notHere')}</p>
      )}
      {editing?.kind === 'aim' && <AimForm place={review} aim={editing.aim} onClose={close} />}
      {editing?.kind === 'decision' && (
        <DecisionForm place={review} decision={editing.decision} onClose={close} />
      )}
      {editing?.kind === 'week' && (
        <WeekForm
          place={review}
          week={editing.week}
          said={review.checkPoints.find((point) => point.week === editing.week) ?? null}
          onClose={close}
        />
      )}
    </section>
  );
}

export const aimLine = ({ value, now, atMost }: CycleAim) =>
  value === null
    ? ''
    : say('cycle.aimLine', {
        value: String(value),
        now: now === null ? 'none' : String(now),
        way: atMost ? 'most' : 'least',
      });

function ChangeButton({ text, onClick }: { readonly text: string; readonly onClick: () => void }) {
  return (
    <button
      type="button"
      className="small quiet no-print"
      aria-label={say('cycle.changeNamed', { text })}
      onClick={onClick}
    >
      {say('form.change')}
    </button>
  );
}

function Aims({
  review,
  edit,
}: {
  readonly review: CycleReview;
  readonly edit: (aim: CycleAim) => void;
}) {
  return (
    <>
      <h3>{say('cycle.aims')}</h3>
      {review.targets.length === 0 ? (
        <p className="muted">{say('cycle.noAims')}</p>
      ) : (
        <ul className="list">
          {review.targets.map((aim) => (
            <li key={aim.key} className="row who-row wrap">
              <span className="fill">
                {aim.text} {aim.value !== null && <span className="muted">({aimLine(aim)})</span>}
              </span>
              <DiffersChip differs={aim.differs} />
              {review.mayWrite && <ChangeButton text={aim.text} onClick={() => edit(aim)} />}
            </li>
          ))}
        </ul>
      )}
      {review.targetsMeasured > 0 && (
        <p className="second">
          {say('cycle.aimsMet', { k: review.targetsMet, n: review.targetsMeasured })}
        </p>
      )}
    </>
  );
}

function Weeks({
  review,
  edit,
}: {
  readonly review: CycleReview;
  readonly edit: (week: number) => void;
}) {
  return (
    <>
      <h3>{say('cycle.checkPoints')}</h3>
      <ul className="list">
        {review.checkPoints.map(({ week, state, text, differs }) => (
          <li key={week} className="row who-row wrap">
            <span className="strong">{say('cycle.weekNumber', { n: week })}</span>
            <span className="chip">{say('cycle.checkPoint', { state })}</span>
            <span className="fill">{text}</span>
            <DiffersChip differs={differs} />
            {review.mayWrite && (
              <ChangeButton
                text={say('cycle.weekNumber', { n: week })}
                onClick={() => edit(week)}
              />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Decisions({
  review,
  edit,
}: {
  readonly review: CycleReview;
  readonly edit: (decision: CycleDecision) => void;
}) {
  const app = useApp();
  const run = useGesture();
  return (
    <>
      <h3>{say('cycle.decisions')}</h3>
      {review.decisions.length === 0 ? (
        <p className="muted">{say('cycle.noDecisions')}</p>
      ) : (
        <ul className="list">
          {review.decisions.map((decision) => (
            <li key={decision.key} className="row who-row wrap">
              <span className="fill">{decision.text}</span>
              <span className="second">{decision.owner || say('pack.nobody')}</span>
              <DueChip decision={decision} />
              <DiffersChip differs={decision.differs} />
              {review.mayWrite && (
                <>
                  {!decision.done && (
                    <button
                      type="button"
                      className="small no-print"
                      aria-label={say('cycle.doneNamed', { text: decision.text })}
                      onClick={() =>
                        void run(() => app.decide(review, decision.key, { done: true }))
                      }
                    >
                      {say('cycle.markDone')}
                    </button>
                  )}
                  <ChangeButton text={decision.text} onClick={() => edit(decision)} />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function DueChip({ decision }: { readonly decision: CycleDecision }) {
  const { day } = useDays();
  const { done, dueMs, overdue } = decision;
  return (
    <span className={`chip ${done ? 'ok' : overdue ? 'ask' : ''}`}>
      <Icon name={done ? 'tick' : 'clock'} />
      {done
        ? say('cycle.done')
        : dueMs === null
          ? say('cycle.open')
          : say(overdue ? 'cycle.overdue' : 'pack.due', { date: day(dueMs) })}
    </span>
  );
}
