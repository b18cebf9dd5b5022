// What was asked for and has not been done, over the page where it can be asked for again.

import type { Declined, Visit } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';

export const declinedWords = ({ what, why }: Declined): string =>
  say(`declined.${what}`, { why: say(`declined.why.${why}`) });

export function DeclinedNotices({ visit }: { readonly visit: Visit }) {
  return (
    <>
      {visit.joining && (
        <p className="notice info sheet-notice" role="status">
          <Icon name="link" />
          <span>{say('sameLesson.joining')}</span>
        </p>
      )}
      {visit.declined.map((declined) => (
        <p key={declined.what} className="notice ask sheet-notice">
          <Icon name="warning" />
          <span>{declinedWords(declined)}</span>
        </p>
      ))}
    </>
  );
}
