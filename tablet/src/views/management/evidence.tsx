// The evidence of a cell: words, and links to the records that show it.

import { Link } from 'wouter';
import type { CellEvidence, EvidenceRecord } from '../../app/contract';
import { say } from '../../words/say';
import { useDays } from '../figures/half-term';
import { placePath } from '../figures/place';

const pathOf = ({ kind, record, org }: EvidenceRecord) =>
  kind === 'visit' ? `/visits/${record}` : placePath(kind === 'review' ? 'cycle' : 'help', org);

export function EvidenceList({ evidence }: { readonly evidence: readonly CellEvidence[] }) {
  const { date } = useDays();
  return (
    <ul className="list">
      {evidence.map(({ key, words, isLink, record }) => (
        <li key={key} className="who-row second">
          {words}
          {words !== '' && isLink && ' · '}
          {record !== null && (
            <Link href={pathOf(record)} className="link">
              {say('management.evidenceRecord', { ...record, date: date(record.dateMs) })}
            </Link>
          )}
          {record === null && isLink && (
            <span className="muted">{say('management.evidenceElsewhere')}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
