// Where a passphrase is typed: hidden, and known to the browser as one that is had or one that is made.

export function PassphraseField({
  label,
  isNew = false,
  value,
  onChange,
}: {
  readonly label: string;
  readonly isNew?: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
