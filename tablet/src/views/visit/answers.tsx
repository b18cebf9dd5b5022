// What the teacher asked, and the observer's answers; what the teacher wrote of their own accord.

import { useState } from 'react';
import type { Query, Visit } from '../../app/contract';
import { say } from '../../words/say';
import { useApp, useGesture } from '../frame/reading';
import { useTyping } from '../frame/typing';

export function Answers({ visit }: { readonly visit: Visit }) {
  const teacher = visit.teacher?.name ?? '';
  if (visit.queries.length === 0 && visit.reflection === '') return null;
  return (
    <section className="part">
      {visit.queries.length > 0 && <h2>{say('compose.answers', { teacher })}</h2>}
      {visit.queries.map((query) => (
        <Question key={query.id} visit={visit} query={query} />
      ))}
      {visit.reflection !== '' && (
        <div className="query">
          <h3>{say('compose.reflection', { teacher })}</h3>
          <p className="measure">{visit.reflection}</p>
        </div>
      )}
    </section>
  );
}

function Question({ visit, query }: { readonly visit: Visit; readonly query: Query }) {
  const app = useApp();
  const run = useGesture();
  const [text, setText] = useState(query.answer?.text ?? '');
  const typing = useTyping();
  const element = visit.elements.find((one) => one.number === query.element);
  const settled = query.closed || query.answer?.resolution;
  return (
    <div className="query">
      {element && <h3>{element.title}</h3>}
      <p className="measure">{query.text}</p>
      {settled ? (
        <p className="second muted">
          {query.answer?.resolution
            ? say('compose.answered', {
                how: say(`compose.resolution.${query.answer.resolution}`),
              })
            : say('read.queryClosed')}
        </p>
      ) : (
        <>
          <textarea
            rows={2}
            maxLength={2000}
            aria-label={say('compose.answerField')}
            placeholder={say('compose.answerField')}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              const next = event.target.value;
              typing.text(() => run(() => app.answerQuery(visit.id, query.id, next, null)));
            }}
          />
          <div className="bar-actions">
            {(['explained', 'amended', 'withdrawn'] as const).map((resolution) => (
              <button
                key={resolution}
                type="button"
                className="small"
                onClick={() =>
                  typing.finish(() =>
                    run(() => app.answerQuery(visit.id, query.id, text, resolution)),
                  )
                }
              >
                {say(`compose.resolution.${resolution}`)}
              </button>
            ))}
          </div>
        </>
      )}
    </div>
  );
}
