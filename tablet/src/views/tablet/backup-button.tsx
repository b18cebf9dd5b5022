// Saves the sealed backup file: only the school's server can open it.

import { useState } from 'react';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { useApp, useGesture } from '../frame/reading';

// With `hint` it is one of the choices of signing out.
export function BackupButton({
  onSaved,
  hint,
}: {
  readonly onSaved?: () => void;
  readonly hint?: string;
}) {
  const app = useApp();
  const run = useGesture();
  const [name, setName] = useState('');
  const save = async () => {
    const file = await run(() => app.saveBackup());
    if (!file) return;
    const url = URL.createObjectURL(new Blob([file.bytes.slice()]));
    const link = document.createElement('a');
    link.href = url;
    link.download = file.name;
    link.click();
    URL.revokeObjectURL(url);
    setName(file.name);
    onSaved?.();
  };
  return (
    <>
      <button type="button" className={hint ? 'choice' : ''} onClick={() => void save()}>
        <Icon name="file" />
        <span>{say('waiting.saveBackup')}</span>
        {hint && <span className="second">{hint}</span>}
      </button>
      <span role="status" className="second muted">
        {name && say('settings.backupSaved', { name })}
      </span>
    </>
  );
}
