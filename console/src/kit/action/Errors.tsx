import type { Outcome, UserError } from '../api/useChange.ts';
import css from './action.module.css';

interface Props {
  outcome: Outcome<unknown> | undefined;
  /** Those that are said beside their inputs: left out here. Inputs that stand before this in the page may still add to it while they render. */
  fields?: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** Why a change was not done. */
export function Errors({ outcome, fields = NONE }: Props) {
  if (!outcome || outcome.kind === 'done') return null;
  const errors =
    outcome.kind === 'failed'
      ? [{ code: outcome.failure.code, message: lost(outcome.failure.code, outcome.failure.message) }]
      : outcome.errors.filter(({ field }) => !field || !fields.has(field.join('.')));
  if (errors.length === 0) return null;
  return (
    <div role="alert">
      <ul className={css.errors}>
        {errors.map(({ code, message }) => (
          <li key={code + message}>
            {message} <span className={css.code}>{code}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function lost(code: string, message: string): string {
  return code === 'OFFLINE' || code === 'TIMEOUT' ? `${message} It is not known whether it was done; sending it again is safe.` : message;
}

/** What is wrong with one field. */
export function FieldError({ error: { code, message } }: { error: UserError }) {
  return (
    <>
      {message} <span className={css.code}>{code}</span>
    </>
  );
}
