// When a parameter is shown: always, or where one that stands before it has a value.
import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { askedAs, before, choicesIn, type Drafts, type ParameterDraft } from './defining.ts';
import css from './parameter.module.css';
import { ValueField } from './ValueField.tsx';

interface Props {
  draft: ParameterDraft;
  drafts: Drafts;
  put: (part: Partial<ParameterDraft>) => void;
  error: ReactNode;
}

export function ShownFields({ draft, drafts, put, error }: Props) {
  const { key, shownBy, shownIs } = draft;
  const those = before(drafts, key);
  const decides = drafts.find((one) => one.key === shownBy);
  if (those.length === 0 && shownBy === undefined) return null;
  const kind = decides && askedAs(decides, shownIs);
  const options = those.map(optionOf);
  // What stands behind it by now, or is there no more, can be seen, and taken away.
  const stray = shownBy === undefined || those.some(({ key }) => key === shownBy) ? [] : [decides ? optionOf(decides) : goneOption(shownBy)];
  return (
    <div className={css.fields}>
      <Select
        label="Shown where"
        description="Where it is not shown it is not told, and not required."
        placeholder="Always"
        data={[...options, ...stray]}
        value={shownBy === undefined ? null : String(shownBy)}
        onChange={(chosen) => put({ shownBy: chosen === null ? undefined : Number(chosen), shownIs: undefined })}
        clearable
        clearButtonProps={{ 'aria-label': 'Show it always' }}
        error={error}
      />
      {decides && kind && kind !== 'SECRET' && (
        <ValueField
          of={{ kind, isWhole: decides.isWhole, choices: choicesIn(decides) }}
          label={decides.kind === 'MULTI_CHOICE' ? 'has among its choices' : 'is'}
          description={decides.name}
          required
          value={shownIs}
          change={(shownIs) => put({ shownIs })}
        />
      )}
    </div>
  );
}

const optionOf = ({ key, name }: ParameterDraft) => ({ value: String(key), label: name.trim() || 'New parameter' });
const goneOption = (key: number) => ({ value: String(key), label: 'A parameter that is removed' });
