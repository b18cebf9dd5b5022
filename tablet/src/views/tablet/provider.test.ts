// Shows what of an address is a way back from a provider's page.
import { expect, test } from 'vitest';
import { cameBack } from './provider';

test('a state with a code, or with an error, is a way back; nothing else is', () => {
  expect(cameBack('?state=a&code=b%2Fc&iss=https%3A%2F%2Fissuer.example')).toEqual({
    state: 'a',
    code: 'b/c',
  });
  expect(cameBack('?error=access_denied&state=a')).toEqual({ state: 'a', code: '' });
  for (const other of ['', '?', '?code=b', '?state=a', '?state=&code=b', '?join=x']) {
    expect(cameBack(other), other).toBeNull();
  }
});
