// Sharing a version, and taking feedback back: both say first who will read what.

import { useState } from 'react';
import type { Visit } from '../../app/contract';
import { say } from '../../words/say';
import { whoWhenShared } from '../../words/who-can-see';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';

export function Share({
  visit,
  teacher,
  version,
  close,
}: {
  readonly visit: Visit;
  readonly teacher: string;
  readonly version: number;
  readonly close: () => void;
}) {
  const app = useApp();
  const run = useGesture();
  const header = useStore(app.header);
  const when = useWhen();
  const words = whoWhenShared(visit.who, when.zone, when.now);
  const share = async () => {
    if ((await run(() => app.share(visit.id))) !== undefined) close();
  };
  return (
    <Dialog title={say('compose.shareQuestion', { n: version, teacher })} onClose={close}>
      <div className="notice second">
        <Icon name="eye" />
        <p>
          <strong>{say('who.next.share')}</strong> {words}
        </p>
      </div>
      <p>{say('compose.told', { teacher })}</p>
      {!header.online && <p className="strong">{say('compose.willShare')}</p>}
      <div className="bar-actions">
        <button type="button" className="primary big" onClick={() => void share()}>
          {say('compose.shareShort')}
        </button>
        <button type="button" className="big" onClick={close}>
          {say('common.cancel')}
        </button>
      </div>
    </Dialog>
  );
}

export function Withdraw({
  visit,
  teacher,
  close,
}: {
  readonly visit: Visit;
  readonly teacher: string;
  readonly close: () => void;
}) {
  const app = useApp();
  const run = useGesture();
  const [reason, setReason] = useState('');
  const withdraw = async () => {
    if ((await run(() => app.withdraw(visit.id, reason.trim()))) !== undefined) close();
  };
  return (
    <Dialog title={say('compose.withdraw')} onClose={close}>
      <p>{say('compose.withdrawQuestion', { teacher })}</p>
      <textarea
        rows={2}
        maxLength={500}
        aria-label={say('compose.withdrawReason')}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="bar-actions">
        <button type="button" disabled={reason.trim() === ''} onClick={() => void withdraw()}>
          {say('compose.withdraw')}
        </button>
        <button type="button" className="primary" onClick={close}>
          {say('common.cancel')}
        </button>
      </div>
    </Dialog>
  );
}
