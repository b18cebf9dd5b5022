// What went well: first on every sheet, by one tap or in own words.

import { type FormEvent, useRef, useState } from 'react';
import type { Sheet, Visit } from '../../app/contract';
import { say } from '../../words/say';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { useApp, useGesture } from '../frame/reading';
import { useTyping } from '../frame/typing';

export function PraisePane({
  visit,
  sheet,
  openElement,
}: {
  readonly visit: Visit;
  readonly sheet: Sheet;
  readonly openElement: number;
}) {
  const app = useApp();
  const run = useGesture();
  const [writing, setWriting] = useState(false);
  const element = visit.elements.find((one) => one.number === openElement);
  const tags = (element?.praiseTags ?? [])
    .filter((tag) => !sheet.praise.some((item) => item.text === tag))
    .slice(0, 2);
  return (
    <div className="praise-pane">
      <h2>
        <Icon name="star" />
        {say('sheet.whatWentWell')}
        {sheet.praise.length > 0 && (
          <span className="praise-count">
            <span aria-hidden="true">{sheet.praise.length}</span>
            <span className="visually-hidden">
              {say('sheet.praiseCount', { n: sheet.praise.length })}
            </span>
          </span>
        )}
      </h2>
      {sheet.praise.length > 0 && (
        <ul className="praise-list">
          {sheet.praise.map((item) => (
            <li key={item.id}>
              <span>{item.text}</span>
              <button
                type="button"
                className="icon praise-remove"
                aria-label={say('sheet.removePraise', { text: item.text })}
                onClick={() => void run(() => app.removePraise(visit.id, item.id))}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="praise-tags">
        {tags.map((tag) => (
          <button
            key={tag}
            type="button"
            onClick={() => void run(() => app.addPraise(visit.id, tag))}
          >
            <Icon name="plus" />
            {tag}
          </button>
        ))}
        <button type="button" id="own-words" onClick={() => setWriting(true)}>
          {say('sheet.ownWords')}
        </button>
      </div>
      {writing && <OwnWords visit={visit} close={() => setWriting(false)} />}
    </div>
  );
}

function OwnWords({ visit, close }: { readonly visit: Visit; readonly close: () => void }) {
  const app = useApp();
  const run = useGesture();
  const [text, setText] = useState('');
  const typing = useTyping();
  const made = useRef<string | null>(null);
  // The first letter makes the entry, the others edit it: what is on the screen is on disk.
  const write = async (next: string) => {
    if (made.current) await run(() => app.editPraise(visit.id, made.current ?? '', next));
    else if (next.trim() !== '') {
      const added = await run(() => app.addPraise(visit.id, next));
      made.current = added?.praiseId ?? null;
    }
  };
  const change = (next: string) => {
    setText(next);
    typing.text(() => write(next));
  };
  const finish = (event: FormEvent) => {
    event.preventDefault();
    typing.finish(async () => {
      const words = text.trim();
      if (words === '' && made.current) {
        await run(() => app.removePraise(visit.id, made.current ?? ''));
      } else await write(words);
    });
    close();
  };
  return (
    <Dialog title={say('sheet.whatWentWell')} onClose={close}>
      <form className="column" onSubmit={finish}>
        <textarea
          rows={3}
          maxLength={500}
          aria-label={say('sheet.praiseField')}
          placeholder={say('sheet.praiseField')}
          value={text}
          onChange={(event) => change(event.target.value)}
        />
        <p className="small muted">{say('common.safeguarding')}</p>
        <button type="submit" className="primary">
          {say('common.done')}
        </button>
      </form>
    </Dialog>
  );
}
