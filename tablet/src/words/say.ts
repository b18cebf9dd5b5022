// Says a message of the words file with its values filled in.
//
// Messages are parsed once each. A value that a message needs and does not get is a mistake of the
// caller's and throws in tests; people would see the key.

import { IntlMessageFormat } from 'intl-messageformat';
import { enGB, type MessageKey, type Messages } from './en-gb';

export type Values = Readonly<Record<string, string | number>>;

export const locale = 'en-GB';

const messages: Messages = enGB;
const parsed = new Map<MessageKey, IntlMessageFormat>();

export function say(key: MessageKey, values?: Values): string {
  let message = parsed.get(key);
  if (!message) {
    message = new IntlMessageFormat(messages[key], locale);
    parsed.set(key, message);
  }
  return String(message.format(values ? { ...values } : undefined));
}

const conjunction = new Intl.ListFormat(locale, { style: 'long', type: 'conjunction' });

// "A, B and C".
export function list(items: readonly string[]): string {
  return conjunction.format(items);
}

// With a capital first letter, for the start of a sentence.
export function sentence(words: string): string {
  return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1);
}
