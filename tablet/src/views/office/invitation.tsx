// A code for somebody: ten characters, the same as a picture, and how long it works.

import encodeQR from 'qr';
import type { Invitation } from '../../app/contract';
import { say } from '../../words/say';
import { Dialog } from '../frame/dialog';
import { useNow, useWhen } from '../frame/reading';
import './office.css';

export function InvitationDialog({
  invitation,
  close,
}: {
  readonly invitation: Invitation;
  readonly close: () => void;
}) {
  const when = useWhen();
  const now = useNow(1000);
  const { name, code, link, endsMs } = invitation;
  const title = name === '' ? say('office.codeForTablet') : say('office.codeFor', { name });
  return (
    <Dialog title={title} onClose={close}>
      {now >= endsMs ? (
        <p className="notice ask">{say('office.codeEnded')}</p>
      ) : (
        <>
          <p className="strong">{say('office.code', { code })}</p>
          <Picture text={link} />
          <p>{say('office.codeEnds', { time: when.time(endsMs) })}</p>
          <p className="second muted">{say('office.codeSecret')}</p>
        </>
      )}
    </Dialog>
  );
}

// Black on white in every theme: a camera reads it.
function Picture({ text }: { readonly text: string }) {
  const rows = encodeQR(text, 'raw', { border: 4 });
  const squares = rows
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      role="img"
      aria-label={say('office.qr')}
    >
      <path className="light" d={`M0 0h${rows.length}v${rows.length}H0z`} />
      <path className="dark" d={squares} />
    </svg>
  );
}
