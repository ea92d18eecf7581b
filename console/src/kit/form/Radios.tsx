// One of a few closed words, each with what it means.
import { Radio } from '@mantine/core';
import type { ReactNode } from 'react';

export type ChoiceWords<S extends string> = Record<S, { name: string; means: string }>;

interface Props<S extends string> {
  label: string;
  words: ChoiceWords<S>;
  value: S;
  change: (value: S) => void;
  error: ReactNode;
}

export function Radios<S extends string>({ label, words, value, change, error }: Props<S>) {
  return (
    <Radio.Group label={label} value={value} onChange={(chosen) => change(chosen as S)} error={error}>
      <div className="stack">
        {Object.entries<ChoiceWords<S>[S]>(words).map(([choice, { name, means }]) => (
          <Radio key={choice} value={choice} label={name} description={means} size="xs" />
        ))}
      </div>
    </Radio.Group>
  );
}
