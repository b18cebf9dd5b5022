// A text field that is saved as it is typed. While it has the focus it shows what the person types;
// otherwise what is on the disk.

import { type KeyboardEvent, type Ref, useState } from 'react';
import { type TypedField, useTyping } from './typing';

export function SavedText({
  value,
  onSave,
  label,
  placeholder,
  rows = 2,
  maxLength = 2000,
  single = false,
  describedBy,
  inputRef,
  field,
  onKeyDown,
}: {
  readonly value: string;
  readonly onSave: (text: string) => Promise<unknown>;
  // Read out as the field's name.
  readonly label: string;
  readonly placeholder?: string;
  readonly rows?: number;
  readonly maxLength?: number;
  readonly single?: boolean;
  readonly describedBy?: string;
  readonly inputRef?: Ref<HTMLTextAreaElement>;
  // Where something else writes into it as well.
  readonly field?: TypedField;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const typing = useTyping();
  const common = {
    'aria-label': label,
    'aria-describedby': describedBy,
    placeholder,
    maxLength,
    value: typed ?? value,
    onFocus: () => setTyped(value),
    onBlur: () => setTyped(null),
    onKeyDown,
  };
  const change = (text: string) => {
    setTyped(text);
    if (field) field.typed(text, () => onSave(text));
    else typing.text(() => onSave(text));
  };
  return single ? (
    <input type="text" {...common} onChange={(event) => change(event.target.value)} />
  ) : (
    <textarea
      {...common}
      ref={inputRef}
      rows={rows}
      onChange={(event) => change(event.target.value)}
    />
  );
}
