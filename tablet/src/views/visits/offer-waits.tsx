// An offer of help that waits: what it waits for, and who reads it once its observer has spoken.

import { useState } from 'react';
import type { Visit } from '../../app/contract';
import { say } from '../../words/say';
import { whoCanSee } from '../../words/who-can-see';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';

export function OfferWaits({ visit }: { readonly visit: Visit }) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  const [takingBack, setTakingBack] = useState(false);
  if (!visit.offerWaits) return null;
  const teacher = visit.teacher?.name ?? '';
  const next = whoCanSee(visit.who, when.zone, when.now).next;
  const takeBack = async () => {
    if ((await run(() => app.takeBackOffer(visit.id))) !== undefined) setTakingBack(false);
  };
  return (
    <section className="notice help offer-waits" aria-label={say('walk.offerTo', { teacher })}>
      <Icon name="help" />
      <div className="fill column tight">
        <p className="strong">{say('walk.offerTo', { teacher })}</p>
        <p className="second">{say('walk.offerWaits', { teacher })}</p>
        {next && <p className="second">{say('walk.offerThen', { who: next.sentence })}</p>}
        <div className="row wrap offer-actions">
          <button
            type="button"
            className="primary"
            onClick={() => void run(() => app.haveSpoken(visit.id))}
          >
            {say('walk.haveSpoken')}
          </button>
          <button type="button" onClick={() => setTakingBack(true)}>
            {say('walk.takeBack')}
          </button>
        </div>
      </div>
      {takingBack && (
        <Dialog title={say('walk.takeBackQuestion')} onClose={() => setTakingBack(false)}>
          <p>{say('walk.takeBackWhat', { teacher })}</p>
          <div className="bar-actions">
            <button type="button" className="primary big" onClick={() => void takeBack()}>
              {say('walk.takeBack')}
            </button>
            <button type="button" className="big" onClick={() => setTakingBack(false)}>
              {say('walk.keepOffer')}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

// The same where only the visit's id is at hand.
export function OfferOf({ visitId }: { readonly visitId: string }) {
  const visit = useStore(useApp().visit(visitId));
  return visit.kind === 'ready' ? <OfferWaits visit={visit.value} /> : null;
}
