// What somebody may do with a referral: the server judges, and what it would refuse is not offered.

import { useState } from 'react';
import { Link } from 'wouter';
import type { HelpThread, Outcome } from '../../app/contract';
import { say } from '../../words/say';
import { WordsField } from '../forms/fields';
import { FormDialog } from '../forms/form-dialog';
import { useApp, useGesture, useWhen } from '../frame/reading';
import '../visits/visits.css';

const outcomes = ['embedded', 'continuing', 'notNeeded'] as const;
const askedWords = {
  share: 'help.opening',
  withdraw: 'help.takingBack',
  close: 'help.closing',
} as const;

export function ThreadActions({ thread }: { readonly thread: HelpThread }) {
  const app = useApp();
  const run = useGesture();
  const [open, setOpen] = useState<'aim' | 'back' | null>(null);
  const { id, level, part } = thread;
  if (!thread.held) return <p className="second muted">{say('help.notHere')}</p>;
  if (level === 'closed') return null;
  const isOpener = part === 'opener';
  const hasBegun = level !== 'draft';
  const goesOn = thread.consent === 'given' && hasBegun;
  return (
    <>
      {thread.asked !== null && (
        <p className="notice info second">{say(askedWords[thread.asked])}</p>
      )}
      {goesOn && thread.mayLink.length > 0 && <Links thread={thread} />}
      {goesOn && <Conclude thread={thread} />}
      <div className="bar-actions">
        {isOpener && level === 'draft' && thread.asked === null && (
          <button
            type="button"
            className="primary"
            onClick={() => void run(() => app.openReferral(id))}
          >
            {thread.teacher === ''
              ? say('help.openDepartment', { department: thread.department })
              : say('help.openIt', { teacher: thread.teacher })}
          </button>
        )}
        {goesOn && thread.teacherId !== '' && (
          <Link href={`/visits/new/${thread.teacherId}`} className="button primary">
            {say('help.planRevisit')}
          </Link>
        )}
        <button type="button" onClick={() => setOpen('aim')}>
          {say('help.addAim')}
        </button>
        {level === 'outcome' && thread.asked === null && (
          <button type="button" onClick={() => void run(() => app.closeReferral(id))}>
            {say('help.close')}
          </button>
        )}
        {isOpener && thread.asked === null && (
          <button type="button" className="quiet" onClick={() => setOpen('back')}>
            {say('help.takeBack')}
          </button>
        )}
      </div>
      {open === 'aim' && (
        <OneText
          title={say('help.addAim')}
          label={say('help.aim')}
          most={1000}
          save={(text) => app.aimOfReferral(id, text)}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'back' && (
        <OneText
          title={say('help.takeBack')}
          label={say('help.takeBackWhy')}
          most={500}
          save={(text) => app.takeReferralBack(id, text)}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

function OneText({
  title,
  label,
  most,
  save,
  onClose,
}: {
  readonly title: string;
  readonly label: string;
  readonly most: number;
  readonly save: (text: string) => Promise<Outcome>;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState('');
  return (
    <FormDialog
      title={title}
      ready={text.trim() !== ''}
      save={() => save(text.trim())}
      onClose={onClose}
    >
      <WordsField label={label} value={text} onChange={setText} most={most} needed />
    </FormDialog>
  );
}

function Links({ thread }: { readonly thread: HelpThread }) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  return (
    <details className="fold">
      <summary>{say('help.link')}</summary>
      <div className="bar-actions">
        {thread.mayLink.map(({ visitId, lessonMs }) => (
          <button
            key={visitId}
            type="button"
            className="small"
            onClick={() => void run(() => app.linkRevisit(thread.id, visitId))}
          >
            {say('help.linkVisit', { date: when.dateTime(lessonMs) })}
          </button>
        ))}
      </div>
    </details>
  );
}

function Conclude({ thread }: { readonly thread: HelpThread }) {
  const app = useApp();
  const run = useGesture();
  return (
    <fieldset className="plain row wrap">
      <legend className="label">{say('help.conclude')}</legend>
      <div className="options">
        {outcomes.map((outcome) => (
          <label key={outcome} className="option">
            <input
              className="hidden-input"
              type="radio"
              name={`outcome ${thread.id}`}
              checked={thread.outcome === outcome}
              onChange={() => void run(() => app.concludeReferral(thread.id, outcome))}
            />
            {say('help.outcome', { outcome })}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
