// "Submit this page?": what is still empty, and who can read it next. It never blocks.

import { useLocation } from 'wouter';
import type { Sheet, Visit } from '../../app/contract';
import { list, say } from '../../words/say';
import { whoCanSee } from '../../words/who-can-see';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';

export function Finish({
  visit,
  sheet,
  close,
}: {
  readonly visit: Visit;
  readonly sheet: Sheet;
  readonly close: () => void;
}) {
  const app = useApp();
  const header = useStore(app.header);
  const run = useGesture();
  const when = useWhen();
  const [, go] = useLocation();
  const unrated = visit.graded
    ? visit.elements.filter((one) => sheet.ratings[one.number] === undefined).length
    : 0;
  const empty = [
    sheet.praise.length === 0 && say('sheet.empty.praise'),
    sheet.notes.length === 0 && say('sheet.empty.notes'),
    unrated > 0 && say('sheet.empty.levels', { n: unrated }),
  ].filter((words) => words !== false);
  const next = whoCanSee(visit.who, when.zone, when.now).next;
  const submit = async () => {
    if ((await run(() => app.submit(visit.id))) === undefined) return;
    close();
    const isLead = visit.me === 'lead';
    go(
      visit.team ? `/visits/${visit.id}/team` : isLead ? `/visits/${visit.id}/feedback` : '/today',
    );
  };
  return (
    <Dialog title={say('sheet.finishTitle')} onClose={close}>
      <p>
        {empty.length > 0
          ? say('sheet.finishEmpty', { what: list(empty) })
          : say('sheet.finishFull')}
      </p>
      {next && (
        <div className="notice second">
          <Icon name="eye" />
          <p>
            <strong>{next.label}</strong> {next.sentence}
          </p>
        </div>
      )}
      {!header.online && <p className="second muted">{say('sheet.submitOffline')}</p>}
      {visit.me === 'lead' && <p className="second muted">{say('sheet.submitShares')}</p>}
      <div className="bar-actions">
        <button type="button" className="primary big" onClick={() => void submit()}>
          {say('sheet.submit')}
        </button>
        <button
          type="button"
          className="big"
          onClick={() => {
            close();
            go('/today');
          }}
        >
          {say('sheet.keepDraft')}
        </button>
      </div>
    </Dialog>
  );
}
