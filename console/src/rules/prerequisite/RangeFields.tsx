import { Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import css from './prerequisite.module.css';
import { BOUNDS, RANGE_NAMES, RANGES, type Range, type RangeDraft } from './range.ts';

const BOUND_NAMES: Readonly<Record<keyof Range, string>> = { exactly: 'Version', from: 'From version', below: 'Below version' };

interface Props {
  label: string;
  draft: RangeDraft;
  change: (draft: RangeDraft) => void;
  error?: ReactNode;
}

/** Which versions of a software are meant. */
export function RangeFields({ label, draft, change, error }: Props) {
  return (
    <div className={`bar ${css.fields}`}>
      <Select
        label={label}
        data={RANGES.map((value) => ({ value, label: RANGE_NAMES[value] }))}
        allowDeselect={false}
        value={draft.kind}
        onChange={(kind) => kind && change({ ...draft, kind: kind as RangeDraft['kind'] })}
        error={error}
        w={240}
      />
      {BOUNDS[draft.kind].map((bound) => (
        <TextInput
          key={bound}
          label={BOUND_NAMES[bound]}
          required
          value={draft[bound]}
          onChange={(event) => change({ ...draft, [bound]: event.currentTarget.value })}
          w={130}
        />
      ))}
    </div>
  );
}
