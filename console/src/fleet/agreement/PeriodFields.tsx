import { TextInput } from '@mantine/core';
import type { ErrorOf } from '~/kit/action/ChangeDialog.tsx';

export interface PeriodDraft {
  firstDay: string;
  lastDay: string;
}

interface Props {
  draft: PeriodDraft;
  change: (draft: PeriodDraft) => void;
  errorOf: ErrorOf;
}

/** Two days, both included, of the tenant's time zone; either may be left open. */
export function PeriodFields({ draft, change, errorOf }: Props) {
  return (
    <div className="bar">
      <TextInput
        type="date"
        label="First day"
        description="Open if empty."
        value={draft.firstDay}
        onChange={(event) => change({ ...draft, firstDay: event.currentTarget.value })}
        error={errorOf('period.firstDay') ?? errorOf('period')}
      />
      <TextInput
        type="date"
        label="Last day"
        description="Open if empty."
        value={draft.lastDay}
        onChange={(event) => change({ ...draft, lastDay: event.currentTarget.value })}
        error={errorOf('period.lastDay')}
      />
    </div>
  );
}
