// "Who can see this?": a chip, and on a tap the sentence, what the next step changes, and the list.

import { type ReactNode, useState } from 'react';
import type { WhoFacts, WhoReader } from '../../app/contract';
import { say } from '../../words/say';
import { whoCanSee } from '../../words/who-can-see';
import { Dialog } from './dialog';
import { Icon } from './icons';
import { useWhen } from './reading';

// `children`: what may be done about it, under the list.
export function WhoChip({
  facts,
  children,
}: {
  readonly facts: WhoFacts;
  readonly children?: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const when = useWhen();
  const words = whoCanSee(facts, when.zone, when.now);
  return (
    <>
      <button
        type="button"
        className="chip-button"
        aria-label={`${say('who.question')} ${words.chip}`}
        onClick={() => setOpen(true)}
      >
        <span className="chip outline">
          <Icon name="eye" />
          {words.chip}
        </span>
      </button>
      {open && (
        <Dialog title={say('who.question')} onClose={() => setOpen(false)}>
          <WhoDetails facts={facts} />
          {children}
        </Dialog>
      )}
    </>
  );
}

export function WhoDetails({ facts }: { readonly facts: WhoFacts }) {
  const when = useWhen();
  const words = whoCanSee(facts, when.zone, when.now);
  return (
    <div className="column">
      <p className="measure">{words.sentence}</p>
      {words.next && (
        <p className="measure">
          <strong>{words.next.label}</strong> {words.next.sentence}
        </p>
      )}
      <h3>{say('who.list')}</h3>
      <ul className="list">
        {facts.readers.map((reader) => (
          <li key={`${reader.who} ${reader.name}`} className="row who-row">
            <Icon
              name={reader.sees === 'nothing' ? 'minus' : reader.sees === 'all' ? 'tick' : 'eye'}
            />
            <span className="fill">
              <span className="strong">{readerName(reader)}</span>{' '}
              <span className="muted second">
                {say(`who.sees.${reader.sees}`, {
                  many: reader.who === 'you' || reader.who === 'senior' ? 'yes' : 'no',
                })}{' '}
                · {say(`who.why.${reader.who}`)}
              </span>
            </span>
          </li>
        ))}
      </ul>
      <p className="small muted">{say('who.admin')}</p>
    </div>
  );
}

function readerName(reader: WhoReader): string {
  switch (reader.who) {
    case 'you':
      return say('who.you');
    case 'senior':
      return say('who.seniorName');
    case 'hod':
      return say('who.hodName', { department: reader.name });
    default:
      return reader.name;
  }
}

// The quiet box beside a page: the sentence, and who they are on a tap.
export function WhoBox({ facts }: { readonly facts: WhoFacts }) {
  const when = useWhen();
  const [open, setOpen] = useState(false);
  return (
    <div>
      <WhoLine words={whoCanSee(facts, when.zone, when.now).sentence} />
      <button type="button" className="link second" onClick={() => setOpen(true)}>
        {say('who.list')}
      </button>
      {open && (
        <Dialog title={say('who.question')} onClose={() => setOpen(false)}>
          <WhoDetails facts={facts} />
        </Dialog>
      )}
    </div>
  );
}

export function WhoLine({ words }: { readonly words: string }) {
  return (
    <div className="notice second">
      <Icon name="eye" />
      <p>
        <strong>{say('who.question')}</strong> {words}
      </p>
    </div>
  );
}
