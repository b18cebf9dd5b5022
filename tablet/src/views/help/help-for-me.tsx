// Help that somebody is offered: nobody reads the named elements before they say yes, and they may say no
// later as well.

import { useState } from 'react';
import type { HelpThread } from '../../app/contract';
import { list, say } from '../../words/say';
import { useDays } from '../figures/half-term';
import { DiffersNotice, KeptChip } from '../forms/differs';
import { Icon } from '../frame/icons';
import { useApp, useGesture, useStore } from '../frame/reading';

export function HelpForMe() {
  const loaded = useStore(useApp().helpForMe);
  if (loaded.kind !== 'ready' || loaded.value.length === 0) return null;
  return (
    <section className="section">
      <h2>{say('help.mine')}</h2>
      <ul className="turns">
        {loaded.value.map((thread) => (
          <li key={thread.id}>
            <Offer thread={thread} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Offer({ thread }: { readonly thread: HelpThread }) {
  const { day } = useDays();
  const [anew, setAnew] = useState(false);
  const { helper, elements, consent } = thread;
  const isAsking = thread.level !== 'closed' && (consent === 'waiting' || anew);
  return (
    <div className="card column">
      <div className="row wrap">
        <p className="fill measure strong">
          {helper === ''
            ? say('help.minePlan')
            : elements.length > 0
              ? say('help.mineFrom', { helper, elements: list(elements) })
              : say('help.minePlain', { helper })}
        </p>
        <KeptChip kept={thread.kept} />
        {thread.outcome !== null && (
          <span className="chip ok">
            <Icon name="tick" />
            {say('help.outcome', { outcome: thread.outcome })}
          </span>
        )}
      </div>
      {thread.aims.map((aim) => (
        <p key={aim} className="measure">
          {aim}
        </p>
      ))}
      {thread.nextMs !== null && (
        <p className="second muted">{say('help.next', { date: day(thread.nextMs) })}</p>
      )}
      <DiffersNotice differs={thread.differs} />
      {isAsking ? (
        <Answer thread={thread} done={() => setAnew(false)} />
      ) : (
        <div className="row wrap">
          <span className="second">
            {say(consent === 'given' ? 'help.yesSaid' : 'help.noSaid')}
            {thread.consentWords !== '' && ` “${thread.consentWords}”`}
          </span>
          {thread.level !== 'closed' && (
            <button type="button" className="small quiet" onClick={() => setAnew(true)}>
              {say('help.sayAnew')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Answer({ thread, done }: { readonly thread: HelpThread; readonly done: () => void }) {
  const app = useApp();
  const run = useGesture();
  const [words, setWords] = useState(thread.consentWords);
  const answer = async (given: boolean) => {
    const saved = await run(async () => {
      const outcome = await app.answerReferral(thread.id, given, words.trim());
      return outcome.ok ? ({ ok: true, value: true } as const) : outcome;
    });
    if (saved) done();
  };
  return (
    <>
      {thread.helper !== '' && (
        <p className="second">{say('help.mineReads', { helper: thread.helper })}</p>
      )}
      <label className="field">
        <span>{say('help.mineWords')}</span>
        <textarea
          rows={2}
          maxLength={1000}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </label>
      <div className="bar-actions">
        <button type="button" className="primary" onClick={() => void answer(true)}>
          {say('help.yes')}
        </button>
        <button type="button" onClick={() => void answer(false)}>
          {say('help.no')}
        </button>
      </div>
    </>
  );
}
