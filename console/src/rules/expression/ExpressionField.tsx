// A filter expression as a field of a form: its editor, which is code of its own and comes when it is needed, its mistake in words, and
// what it can speak of.
import { Input, Loader } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { UserError } from '~/kit/api/useChange.ts';
import { Wide } from '~/kit/table/Wide.tsx';
import css from './expression.module.css';
import { FACTS, LONGEST } from './facts.ts';

const ExpressionEditor = lazy(async () => ({ default: (await import('./ExpressionEditor.tsx')).ExpressionEditor }));

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  mistake: UserError | undefined;
}

export function ExpressionField({ label, value, onChange, mistake }: Props) {
  const bytes = new TextEncoder().encode(value).length;
  return (
    <div className={css.field}>
      <Input.Wrapper
        label={label}
        labelElement="div"
        description="A condition in CEL. Ctrl Space tells what can be written at the cursor."
        error={
          bytes > LONGEST
            ? `It has ${bytes.toLocaleString('en')} bytes; at most ${LONGEST.toLocaleString('en')} are taken.`
            : mistake && <Words mistake={mistake} />
        }
      >
        <Suspense fallback={<Loader size="xs" />}>
          <ExpressionEditor label={label} value={value} onChange={onChange} mistake={mistake?.message} />
        </Suspense>
      </Input.Wrapper>
      <details className="small">
        <summary>What it can speak of</summary>
        <Wide label="Facts">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Fact</th>
                <th scope="col">Type</th>
                <th scope="col">What it is</th>
              </tr>
            </thead>
            <tbody>
              {FACTS.map(({ path, type, means, values }) => (
                <tr key={path}>
                  <td className="mono">{path}</td>
                  <td className="mono">{type}</td>
                  <td>
                    {means}
                    {values && ` One of ${values.join(', ')}.`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      </details>
    </div>
  );
}

function Words({ mistake: { code, message } }: { mistake: UserError }) {
  return (
    <>
      {message} <span className="mono">{code}</span>
    </>
  );
}
