// The six-week cycle: aims set, looked at week by week, decided.

import type { CycleReview } from '../../app/contract';
import { say } from '../../words/say';
import { useDays } from '../figures/half-term';
import { areaName, type SectionProps, Sections } from '../figures/place';
import { ShownAnswer } from '../figures/shown';
import { Watermark } from '../figures/watermark';
import { Icon } from '../frame/icons';
import { Empty, Page } from '../frame/page';
import { useApp, useStore } from '../frame/reading';
import { cycleWords } from './cycle-words';

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
                <Review key={review.scope} review={review} />
              ))}
              <Watermark answer={answer} complete={complete} changes={null} />
            </>
          );
        }}
      </ShownAnswer>
    </Page>
  );
}

function Review({ review }: { readonly review: CycleReview }) {
  const { day } = useDays();
  return (
    <section className="section card">
      <h2>{review.name}</h2>
      {!review.begun ? (
        <p className="muted">{say('cycle.notBegunReview')}</p>
      ) : (
        <>
          <h3>{say('cycle.aims')}</h3>
          {review.targets.length === 0 ? (
            <p className="muted">{say('cycle.noAims')}</p>
          ) : (
            <ul className="list">
              {review.targets.map(({ key, text, aim }) => (
                <li key={key} className="who-row">
                  {text} {aim !== '' && <span className="muted">({aim})</span>}
                </li>
              ))}
            </ul>
          )}
          {review.targetsMeasured > 0 && (
            <p className="second">
              {say('cycle.aimsMet', { k: review.targetsMet, n: review.targetsMeasured })}
            </p>
          )}
          {review.checkPoints.length > 0 && (
            <>
              <h3>{say('cycle.checkPoints')}</h3>
              <ul className="list">
                {review.checkPoints.map(({ week, state, text }) => (
                  <li key={week} className="row who-row wrap">
                    <span className="strong">{say('cycle.weekNumber', { n: week })}</span>
                    <span className="chip">{say('cycle.checkPoint', { state })}</span>
                    <span className="fill">{text}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
          <h3>{say('cycle.decisions')}</h3>
          {review.decisions.length === 0 ? (
            <p className="muted">{say('cycle.noDecisions')}</p>
          ) : (
            <ul className="list">
              {review.decisions.map((decision) => (
                <li key={decision.key} className="row who-row wrap">
                  <span className="fill">{decision.text}</span>
                  <span className="second">{decision.owner || say('pack.nobody')}</span>
                  <span className={`chip ${decision.done ? 'ok' : decision.overdue ? 'ask' : ''}`}>
                    <Icon name={decision.done ? 'tick' : 'clock'} />
                    {decision.done
                      ? say('cycle.done')
                      : decision.dueMs === null
                        ? say('cycle.open')
                        : decision.overdue
                          ? say('cycle.overdue', { date: day(decision.dueMs) })
                          : say('pack.due', { date: day(decision.dueMs) })}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}
