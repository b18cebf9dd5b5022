// Takes in a sealed backup file, of this tablet or of one that broke.

import { useId, useState } from 'react';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { useApp, useGesture, useStore } from '../frame/reading';

export function TakeInButton() {
  const app = useApp();
  const run = useGesture();
  const id = useId();
  const [taken, setTaken] = useState<number | null>(null);
  const takeIn = async (file: File | undefined) => {
    if (file === undefined) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const answer = await run(() => app.takeInBackup(bytes));
    setTaken(answer?.changes ?? null);
  };
  return (
    <>
      <label htmlFor={id} className="button file-button">
        <Icon name="file" />
        {say('waiting.takeIn')}
        <input
          id={id}
          type="file"
          className="hidden-input"
          accept=".json,application/json"
          onChange={(event) => {
            void takeIn(event.target.files?.[0]);
            // The same file may be chosen again.
            event.target.value = '';
          }}
        />
      </label>
      <span role="status" className="second muted">
        {taken !== null && say('waiting.takenIn', { n: taken })}
      </span>
    </>
  );
}

// How far the changes of backup files have come.
export function FilesNotice() {
  const app = useApp();
  const { files } = useStore(app.waiting);
  if (files === null) return null;
  const waiting = files.changes - files.stuck;
  return (
    <>
      {files.stuck > 0 && (
        <div className="notice ask">
          <Icon name="file" />
          <p className="measure fill">{say('waiting.fileStuck', { n: files.stuck })}</p>
        </div>
      )}
      {(waiting > 0 || files.stuck === 0) && (
        <div className={`notice ${waiting > 0 ? 'info' : 'ok'}`}>
          <Icon name={waiting > 0 ? 'file' : 'tick'} />
          <p className="measure fill">
            {waiting > 0 ? say('waiting.file', { n: waiting }) : say('waiting.fileSent')}
          </p>
        </div>
      )}
    </>
  );
}
