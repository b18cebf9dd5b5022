// The code by which a colleague in the same lesson joins a visit: a picture for their camera.

import { useEffect, useRef, useState } from 'react';
import type { Visit } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { grouped } from '../tablet/code-field';
import './together.css';

export function LetJoin({ visit }: { readonly visit: Visit }) {
  const [isOpen, setOpen] = useState(false);
  if (visit.joinCode === '') return null;
  if (!isOpen) {
    return (
      <button type="button" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        {say('together.offer')}
      </button>
    );
  }
  return (
    <section className="column">
      <h3>{say('together.offer')}</h3>
      <p className="measure">{say('together.offerHint')}</p>
      <Picture text={`${location.origin}/#/visits/join/${visit.joinCode}`} />
      <p className="second measure">
        {say('together.letters', { letters: grouped(visit.joinLetters) })}
      </p>
      <p className="second muted measure">{say('together.apart')}</p>
    </section>
  );
}

// Black on white in every theme: a camera has to read it.
function Picture({ text }: { readonly text: string }) {
  const [rows, setRows] = useState<readonly (readonly boolean[])[]>([]);
  const picture = useRef<SVGSVGElement>(null);
  useEffect(() => {
    let isHere = true;
    void import('qr').then(({ encodeQR }) => {
      if (isHere) setRows(encodeQR(text, 'raw', { ecc: 'low', border: 2 }));
    });
    return () => {
      isHere = false;
    };
  }, [text]);
  // All of it is on the screen, whatever stands above it.
  useEffect(() => {
    if (rows.length > 0) picture.current?.scrollIntoView({ block: 'center' });
  }, [rows]);
  const path = rows
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  const size = Math.max(1, rows.length);
  return (
    <svg
      ref={picture}
      className="join-code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={say('together.picture')}
      shapeRendering="crispEdges"
    >
      <path d={path} />
    </svg>
  );
}
