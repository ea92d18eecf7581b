// A filter expression as a field of a form: its editor, which is code of its own and comes when it is needed, its mistake in words, and
// what it can speak of.
import { Input, Loader } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { UserError } from '~/kit/api/useChange.ts';
import { Wide } from '~/kit/table/Wide.tsx';
import { grouped } from '~/kit/text/words.ts';
import css from './expression.module.css';
import { useSpoken } from './schema.ts';

const ExpressionEditor = lazy(async () => ({ default: (await import('./ExpressionEditor.tsx')).ExpressionEditor }));

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  mistake: UserError | undefined;
}

export function ExpressionField({ label, value, onChange, mistake }: Props) {
  const { facts, longest } = useSpoken();
  const bytes = new TextEncoder().encode(value).length;
  return (
    <div className={css.field}>
      <Input.Wrapper
        label={label}
        labelElement="div"
        description="A condition in CEL. Ctrl Space tells what can be written at the cursor."
        error={
          longest !== undefined && bytes > longest
            ? `It has ${grouped(bytes)} bytes; at most ${grouped(longest)} are taken.`
            : mistake && <Words mistake={mistake} />
        }
      >
        <Suspense fallback={<Loader size="xs" />}>
          <ExpressionEditor label={label} value={value} onChange={onChange} mistake={mistake?.message} facts={facts} />
        </Suspense>
      </Input.Wrapper>
      <details className="small">
        <summary>What it can speak of</summary>
        <Wide label="Facts">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Fact</th>
                <th scope="col">What it is</th>
              </tr>
            </thead>
            <tbody>
              {facts.map(({ path, typeName, description, values, operations }) => (
                <tr key={path}>
                  <td className="name mono">
                    {path}
                    <div className="dimmed">{typeName}</div>
                  </td>
                  <td>
                    {description}
                    {values.length > 0 && ` One of ${values.join(', ')}.`}
                    <div className="dimmed">{operations.map(({ name }) => name).join(' ')}</div>
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
