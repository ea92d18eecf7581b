// The third step: when it is acted on, and where it comes from.
import { SegmentedControl, Select } from '@mantine/core';
import { FieldError } from '~/kit/action/Errors.tsx';
import { ENFORCEMENTS, type Enforcement } from '../kinds.ts';
import { CLOUD_TASK_ENFORCEMENTS, fitted } from './draft.ts';
import type { FieldsProps } from './fields.ts';
import { mistakeIn } from './mistakes.ts';

export function WhenFields({ draft, change, errors, isNew }: FieldsProps) {
  const { item, enforcement, origin } = fitted(draft);
  const enforcements = item?.kind === 'cloudTask' ? CLOUD_TASK_ENFORCEMENTS : (Object.keys(ENFORCEMENTS) as Enforcement[]);
  const wrong = mistakeIn(errors, 'enforcement');
  return (
    <section className="card stack">
      <h2>When</h2>
      <Select
        label="Enforcement"
        description={ENFORCEMENTS[enforcement].means}
        data={enforcements.map((value) => ({ value, label: ENFORCEMENTS[value].name }))}
        value={enforcement}
        onChange={(chosen) => chosen && change({ enforcement: chosen })}
        allowDeselect={false}
        error={wrong && <FieldError error={wrong} />}
      />
      {isNew && (
        <div>
          <SegmentedControl
            aria-label="Origin"
            value={origin}
            onChange={(chosen) => change({ origin: chosen === 'RECOMMENDED' ? 'RECOMMENDED' : 'LOCAL' })}
            data={[
              { value: 'LOCAL', label: 'Our own' },
              { value: 'RECOMMENDED', label: 'Recommended' },
            ]}
          />
          <p className="dimmed small">
            {origin === 'LOCAL'
              ? 'In force at once; beats what a catalogue recommends.'
              : 'In force once it was approved here; loses to every rule of our own.'}
          </p>
        </div>
      )}
    </section>
  );
}
