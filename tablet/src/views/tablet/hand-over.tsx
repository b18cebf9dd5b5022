// Sign out without leaving work behind: three ways to look after it, and none that drops it.

import { useState } from 'react';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { Page } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { BackupButton } from './backup-button';
import './tablet.css';

export function HandOver() {
  const app = useApp();
  const header = useStore(app.header);
  const when = useWhen();
  const run = useGesture();
  const [handedOver, setHandedOver] = useState(false);
  const clean = header.unsent === 0;
  const leave = () => setHandedOver(true);
  return (
    <Page title={say('handOver.title')} back={{ to: '/more', place: say('nav.more') }} narrow>
      {clean ? (
        <div className="clean">
          <span className="tick">
            <Icon name="tick" />
          </span>
          <p>{say('handOver.clean')}</p>
        </div>
      ) : (
        <>
          <p className="measure strong">
            {say('handOver.unsent', {
              n: header.unsent,
              time: when.dateTime(header.oldestMs ?? when.now),
            })}
          </p>
          <div className="choices">
            <button
              type="button"
              className={`choice ${header.online ? 'primary' : ''}`}
              disabled={!header.online}
              onClick={() => void run(() => app.sendNow())}
            >
              <Icon name="up" />
              <span>{say('handOver.sendNow')}</span>
              <span className="second">
                {say(header.online ? 'handOver.sendNow.hint' : 'handOver.sendNow.offline')}
              </span>
            </button>
            <button
              type="button"
              className={`choice ${handedOver ? 'on' : ''}`}
              aria-pressed={handedOver}
              onClick={leave}
            >
              <Icon name="lock" />
              <span>{say('handOver.leave')}</span>
              <span className="second">
                {handedOver ? say('handOver.chosen') : say('handOver.leave.hint')}
              </span>
            </button>
            <BackupButton onSaved={leave} hint={say('handOver.file.hint')} />
          </div>
        </>
      )}
      <div className="row wrap">
        <button
          type="button"
          className={clean || handedOver ? 'primary big' : 'big'}
          disabled={!clean && !handedOver}
          onClick={() => void run(clean ? app.signOut : app.handOver)}
        >
          {say('handOver.signOut')}
        </button>
        {!clean && !handedOver && <p className="second muted">{say('handOver.first')}</p>}
      </div>
    </Page>
  );
}
