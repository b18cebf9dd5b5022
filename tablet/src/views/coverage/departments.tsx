// A school's departments, A to Z: k of n each, and the way into one.

import { Link } from 'wouter';
import type { RuleCover } from '../../app/contract';
import { say } from '../../words/say';
import { placePath } from '../figures/place';
import { CoverTable } from './cover-table';
import { Bar } from './meter';

export function Departments({
  parts,
  h2,
}: {
  readonly parts: readonly RuleCover[];
  readonly h2: number;
}) {
  return (
    <CoverTable columns={['coverage.department', 'coverage.visited', 'coverage.waiting']}>
      {parts.map((part) => (
        <tr key={part.department}>
          <th scope="row">
            <Link
              href={placePath('coverage', part.department, h2)}
              className="cover-name link-quiet"
            >
              {part.departmentName}
            </Link>
          </th>
          <td>
            <span className="strong">
              {say('coverage.kOfN', { k: part.done, n: part.eligible })}
            </span>
            <Bar numbers={part} />
          </td>
          <td className="second">
            {say('coverage.waitingWords', {
              booked: part.booked,
              due: part.due,
              overdue: part.overdue,
            })}
            {part.bookSoon > 0 && (
              <span className="small muted cover-sub">
                {say('coverage.bookSoonNumber', { n: part.bookSoon })}
              </span>
            )}
          </td>
        </tr>
      ))}
    </CoverTable>
  );
}
