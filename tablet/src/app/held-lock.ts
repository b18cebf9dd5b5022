// A store is written by one tab at a time: whoever holds the browser's lock on it.

export interface HeldLock {
  readonly release: () => void;
}

// Resolves at once. Null: another tab holds it. `lost` is called if another tab takes it over.
export function tryLock(name: string, steal: boolean, lost: () => void): Promise<HeldLock | null> {
  // Outside a browser there is no other tab.
  if (typeof navigator === 'undefined' || navigator.locks === undefined) {
    return Promise.resolve({ release: () => {} });
  }
  return new Promise((resolve) => {
    let release = () => {};
    const options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
    navigator.locks
      .request(name, options, (lock) => {
        if (lock === null) {
          resolve(null);
          return Promise.resolve();
        }
        return new Promise<void>((done) => {
          release = done;
          resolve({ release });
        });
      })
      .catch(() => {
        release();
        lost();
      });
  });
}
