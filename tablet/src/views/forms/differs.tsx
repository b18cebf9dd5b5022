// What colleagues wrote side by side, in a sentence; and what is not at the server yet.

import type { Differs, KeptHere } from '../../app/contract';
import { list, say } from '../../words/say';
import { useDays } from '../figures/half-term';
import { Icon } from '../frame/icons';

export function DiffersNotice({ differs }: { readonly differs: readonly Differs[] }) {
  const { day } = useDays();
  return differs.map(({ field, values }) => (
    <p key={field} className="notice ask second">
      {say('form.differs', {
        field,
        values: list(
          values.map((value) =>
            typeof value === 'number' ? day(value) : value === '' ? say('form.nobody') : value,
          ),
        ),
      })}
    </p>
  ));
}

export function DiffersChip({ differs }: { readonly differs: readonly Differs[] }) {
  if (differs.length === 0) return null;
  return (
    <span className="chip ask">
      <Icon name="warning" />
      {say('form.differsShort')}
    </span>
  );
}

export function KeptChip({ kept }: { readonly kept: KeptHere }) {
  if (kept === 'stored') return null;
  return (
    <span className={`chip ${kept === 'parked' ? 'ask' : ''}`}>
      <Icon name={kept === 'parked' ? 'cylinder' : 'tablet'} />
      {say(kept === 'parked' ? 'form.parked' : 'form.waits')}
    </span>
  );
}
