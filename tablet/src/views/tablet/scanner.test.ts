// What the camera sees becomes a code, or nothing.

import { describe, expect, it } from 'vitest';
import { codeOf } from './scanner';

describe('A scanned code', () => {
  it.each([
    [
      'https://tablets.example/#join=northgate.AbCdEfGhIjKlMnOpQrStUv',
      'join=northgate.AbCdEfGhIjKlMnOpQrStUv',
    ],
    ['ABCDE-FGHJK', 'ABCDE-FGHJK'],
    ['abcdefghjk', 'ABCDE-FGHJK'],
    ['https://example.com/menu', null],
    ['', null],
  ])('%s', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });
});
