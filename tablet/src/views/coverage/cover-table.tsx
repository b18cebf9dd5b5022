// The table of a coverage page: its columns, and a row each.

import type { ReactNode } from 'react';
import { say } from '../../words/say';

type Column = Extract<Parameters<typeof say>[0], `coverage.${string}`>;

export function CoverTable({
  columns,
  children,
}: {
  readonly columns: readonly Column[];
  readonly children: ReactNode;
}) {
  return (
    <table className="cover">
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {say(column)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
