// One text out of two versions of it, for a person to accept; never a merge by itself.
//
// Words that both have stay; where only one has words, they stay too. Where both have other words in one
// place a person must choose, and there is no merged text: a sentence that nobody wrote is worse than
// a question.

const maxWords = 600;

export function mergedText(a: string, b: string): string | null {
  const left = a.split(/(?<=\s)/);
  const right = b.split(/(?<=\s)/);
  if (left.length > maxWords || right.length > maxWords) return null;

  // common[i][j]: the longest list of words in both from i and j on.
  const common = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  const same = (i: number, j: number) => left[i]?.trim() === right[j]?.trim();
  for (let i = left.length - 1; i >= 0; --i) {
    for (let j = right.length - 1; j >= 0; --j) {
      const row = common[i];
      if (row !== undefined)
        row[j] = same(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }

  const words: string[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && same(i, j)) {
      const [one = '', other = ''] = [left[i], right[j]];
      words.push(one.length >= other.length ? one : other);
      ++i;
      ++j;
      continue;
    }
    const onlyLeft: string[] = [];
    const onlyRight: string[] = [];
    while (i < left.length || j < right.length) {
      if (i < left.length && j < right.length && same(i, j)) break;
      if (i < left.length && (j >= right.length || at(i + 1, j) >= at(i, j + 1)))
        onlyLeft.push(left[i++] ?? '');
      else onlyRight.push(right[j++] ?? '');
    }
    if (onlyLeft.length > 0 && onlyRight.length > 0) return null;
    words.push(...onlyLeft, ...onlyRight);
  }
  const merged = words
    .map((word, k) => (k + 1 < words.length && !/\s$/.test(word) ? `${word} ` : word))
    .join('');
  return merged.trim() === '' ? null : merged.trimEnd();
}
