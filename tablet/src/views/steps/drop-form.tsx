// A step is dropped in a sentence: whoever reads it later knows that it was a choice.

import { useState } from 'react';
import { say } from '../../words/say';
import { WordsField } from '../forms/fields';
import { FormDialog } from '../forms/form-dialog';
import { useApp } from '../frame/reading';

export function DropForm({
  visitId,
  stepId,
  onClose,
}: {
  readonly visitId: string;
  readonly stepId: string;
  readonly onClose: () => void;
}) {
  const app = useApp();
  const [why, setWhy] = useState('');
  return (
    <FormDialog
      title={say('step.dropTitle')}
      ready
      save={() => app.editStep(visitId, stepId, { status: 'dropped', droppedBecause: why.trim() })}
      onClose={onClose}
    >
      <WordsField label={say('step.dropWhy')} value={why} onChange={setWhy} most={500} rows={2} />
    </FormDialog>
  );
}
