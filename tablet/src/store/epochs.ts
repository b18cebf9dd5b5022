// Which numbers of an earlier epoch the server's present history contains.
import type { HelloReply } from '#proto/sync_pb';

const never = 0n;
const always = (1n << 64n) - 1n;

// Of a number that was counted in `epoch`: the last one that the server still has for certain. A server
// that was restored has what was counted before its backup; the rest is there when a tablet brought it
// back, and counts anew then.
export function sharedSeqOf({ epoch: present, epochs }: Pick<HelloReply, 'epoch' | 'epochs'>) {
  return (epoch: number): bigint => {
    const wanted = Math.max(epoch, 1);
    let at = Math.max(present, 1);
    let least = always;
    while (at !== wanted) {
      const row = epochs.find(({ id }) => id === at);
      if (row === undefined || row.parent === 0 || row.parent >= at) return never;
      if (row.branchSeq < least) least = row.branchSeq;
      at = row.parent;
    }
    return least;
  };
}
