// A value as JSON, line by line; what has members can be folded.
import css from './Json.module.css';

interface Props {
  value: unknown;
  name?: string;
  isLast?: boolean;
}

export function Json({ value, name, isLast = true }: Props) {
  const label = name === undefined ? null : <span className={css.name}>{JSON.stringify(name)}: </span>;
  const comma = isLast ? '' : ',';
  const members = membersOf(value);
  if (!members || members.length === 0) {
    return (
      <div className={css.line}>
        {label}
        <Plain value={value} />
        {comma}
      </div>
    );
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return (
    <details className={css.members} open>
      <summary className={css.line}>
        {label}
        {open}
        <span className={css.folded}>
          {' '}
          {members.length} … {close}
          {comma}
        </span>
      </summary>
      <div className={css.inner}>
        {members.map(([key, member], index) => (
          <Json key={key} value={member} isLast={index === members.length - 1} {...(Array.isArray(value) ? {} : { name: key })} />
        ))}
      </div>
      <div className={css.line}>
        {close}
        {comma}
      </div>
    </details>
  );
}

function Plain({ value }: { value: unknown }) {
  const kind = value === null ? 'null' : typeof value;
  return (
    <span className={css.value} data-kind={kind}>
      {JSON.stringify(value)}
    </span>
  );
}

function membersOf(value: unknown): [string, unknown][] | undefined {
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}
