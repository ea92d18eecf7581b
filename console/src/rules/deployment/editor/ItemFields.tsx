// The first step: what it is about, and which state is wanted.
import { Select } from '@mantine/core';
import { FieldError } from '~/kit/action/Errors.tsx';
import { type DesiredStateKind, hasVersion, SOFTWARE_STATES, STATES, TASK_STATES } from '../kinds.ts';
import { fitted } from './draft.ts';
import type { FieldsProps } from './fields.ts';
import { ItemSelect } from './ItemSelect.tsx';
import { mistakeIn } from './mistakes.ts';
import { VersionSelect } from './VersionSelect.tsx';

export function ItemFields({ draft, change, errors, isNew }: FieldsProps) {
  const { item, desired, version } = fitted(draft);
  const states: readonly DesiredStateKind[] = item?.kind === 'cloudTask' ? TASK_STATES : SOFTWARE_STATES;
  const wrongState = mistakeIn(errors, 'desired');
  const wrongVersion = mistakeIn(errors, 'desired.version');
  return (
    <section className="card stack">
      <h2>What</h2>
      {isNew ? (
        <ItemSelect value={item} onChange={(item) => change({ item, version: '' })} />
      ) : (
        <p>
          <strong>{item?.name}</strong> <span className="dimmed small">A deployment stays about its item; another item needs another deployment.</span>
        </p>
      )}
      <Select
        label="State"
        description={STATES[desired].means}
        data={states.map((value) => ({ value, label: STATES[value].name }))}
        value={desired}
        onChange={(chosen) => chosen && change({ desired: chosen })}
        allowDeselect={false}
        error={wrongState && <FieldError error={wrongState} />}
      />
      {hasVersion(desired) && item && (
        <VersionSelect
          key={item.id}
          softwareId={item.id}
          value={version}
          onChange={(version) => change({ version })}
          error={wrongVersion && <FieldError error={wrongVersion} />}
        />
      )}
    </section>
  );
}
