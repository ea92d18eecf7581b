// When a prerequisite applies on a computer: always, or if software is there or missing.
import { Button, Radio, Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { SoftwareSelect } from '~/catalogue/software/SoftwareSelect.tsx';
import { type ConditionDraft, type Draft, MOST_CONDITIONS, withCondition } from './draft.ts';
import css from './prerequisite.module.css';
import type { Hold } from './prerequisite.ts';
import { RangeFields } from './RangeFields.tsx';

interface Props {
  draft: Draft;
  change: (draft: Draft) => void;
  error: ReactNode;
}

export function ConditionFields({ draft, change, error }: Props) {
  const { conditions, hold } = draft;
  const replace = (next: ConditionDraft) => change({ ...draft, conditions: conditions.map((one) => (one.key === next.key ? next : one)) });
  return (
    <fieldset className="card stack">
      <legend className="small">
        <strong>If</strong>
      </legend>
      {conditions.length === 0 && <p className="dimmed small">It always applies. With a condition it applies only where software is there, or missing.</p>}
      {conditions.length > 1 && (
        <Radio.Group label="It applies if" value={hold} onChange={(chosen) => change({ ...draft, hold: chosen as Hold })}>
          <div className="bar">
            <Radio size="xs" value="ALL" label="all of these hold" />
            <Radio size="xs" value="ANY" label="any of these holds" />
          </div>
        </Radio.Group>
      )}
      {conditions.map((condition, index) => (
        <ConditionRow
          key={condition.key}
          name={`Condition ${index + 1}`}
          condition={condition}
          change={replace}
          remove={() => change({ ...draft, conditions: conditions.filter(({ key }) => key !== condition.key) })}
        />
      ))}
      {error && (
        <p className={css.wrong} role="alert">
          {error}
        </p>
      )}
      {conditions.length < MOST_CONDITIONS ? (
        <div>
          <Button size="compact-xs" onClick={() => change(withCondition(draft))}>
            {conditions.length === 0 ? 'Add a condition' : 'Add another condition'}
          </Button>
        </div>
      ) : (
        <p className="dimmed small">These are as many conditions as one may have.</p>
      )}
    </fieldset>
  );
}

interface RowProps {
  name: string;
  condition: ConditionDraft;
  change: (condition: ConditionDraft) => void;
  remove: () => void;
}

function ConditionRow({ name, condition, change, remove }: RowProps) {
  const { software, isInstalled, versions } = condition;
  return (
    <fieldset className={css.condition}>
      <legend className={css.hidden}>{name}</legend>
      <div className={`bar ${css.fields}`}>
        <SoftwareSelect
          label="Software"
          placeholder="Type a part of its name"
          required
          isClearable={false}
          value={software?.id}
          known={software && { value: software.id, label: software.name, detail: software.which }}
          onChange={(id, name, which) => change({ ...condition, software: id ? { id, name, which } : undefined })}
          className={css.software}
        />
        <Select
          label="Has to be"
          data={[
            { value: 'there', label: 'installed' },
            { value: 'missing', label: 'not installed' },
          ]}
          allowDeselect={false}
          value={isInstalled ? 'there' : 'missing'}
          onChange={(chosen) => change({ ...condition, isInstalled: chosen === 'there' })}
          w={140}
        />
        <Button size="compact-xs" onClick={remove} className={css.remove} aria-label={`Remove ${name.toLowerCase()}`}>
          Remove
        </Button>
      </div>
      {isInstalled && <RangeFields label="In which versions" draft={versions} change={(versions) => change({ ...condition, versions })} />}
    </fieldset>
  );
}
