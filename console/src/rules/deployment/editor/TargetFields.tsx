// The second step: which computers, from the widest choice to the narrowest.
import { Checkbox, SegmentedControl, Select } from '@mantine/core';
import { useScopes } from '~/access/may/useScopes.ts';
import { ComputerSelect } from '~/fleet/computer/ComputerSelect.tsx';
import { PersonSelect } from '~/fleet/person/PersonSelect.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { FieldError } from '~/kit/action/Errors.tsx';
import { Refusals } from '~/kit/action/Refusals.tsx';
import { refusalOf } from '~/kit/action/refusal.ts';
import type { Option } from '~/kit/select/SearchSelect.tsx';
import { FILTERS, type TargetFilter } from '../kinds.ts';
import { type Chosen, fitted, type ScopeChoice } from './draft.ts';
import type { FieldsProps } from './fields.ts';
import { MembershipFields } from './MembershipFields.tsx';
import { mistakeIn } from './mistakes.ts';

const SCOPES: readonly { value: ScopeChoice; label: string }[] = [
  { value: 'everyTenant', label: 'Every tenant' },
  { value: 'tenant', label: 'One tenant' },
  { value: 'computer', label: 'One computer' },
  { value: 'person', label: 'One person' },
];

export function TargetFields(props: FieldsProps) {
  const { draft, change, errors } = props;
  const { item, scope, filter } = fitted(draft);
  const mayAt = useScopes();
  const refusal = refusalOf(mayAt[scope]);
  const wide = SCOPES.find(({ value }) => value === scope);
  const isCloudTask = item?.kind === 'cloudTask';
  const isIndividual = scope === 'computer' || scope === 'person';
  const wrong = mistakeIn(errors, 'target.filter');
  return (
    <section className="card stack">
      <h2>Where</h2>
      <SegmentedControl
        aria-label="How wide it reaches"
        value={scope}
        onChange={(chosen) => change({ scope: SCOPES.find(({ value }) => value === chosen)?.value ?? 'everyTenant' })}
        data={isCloudTask ? SCOPES.slice(0, 2) : [...SCOPES]}
        fullWidth
      />
      {refusal && <Refusals of={[{ label: wide?.label ?? 'This', reason: refusal }]} />}
      <Scope {...props} />
      {isIndividual ? <p className="dimmed small">One computer or person is chosen by nothing else.</p> : <MembershipFields {...props} />}
      {isCloudTask ? (
        <p className="dimmed small">A cloud task is of tenants, not of kinds of computers.</p>
      ) : (
        <Select
          label="Kind of computers"
          description={filter === 'ALL_COMPUTERS' ? undefined : 'A computer whose kind is not known is left out.'}
          data={(Object.keys(FILTERS) as TargetFilter[]).map((value) => ({ value, label: FILTERS[value] }))}
          value={filter}
          onChange={(chosen) => chosen && change({ filter: chosen })}
          allowDeselect={false}
          error={wrong && <FieldError error={wrong} />}
        />
      )}
    </section>
  );
}

function Scope({ draft, change, errors }: FieldsProps) {
  const { scope, tenant, computer, person, includesChildren } = fitted(draft);
  const wrong = mistakeIn(errors, 'target.scope');
  const error = wrong && <FieldError error={wrong} />;
  if (scope === 'everyTenant') return error ? <p>{error}</p> : null;
  const field = { placeholder: 'Type a part of the name', isClearable: false, error };
  if (scope === 'computer') {
    return (
      <ComputerSelect
        {...field}
        label="Computer"
        value={computer?.id}
        known={optionOf(computer)}
        onChange={(id, name) => change({ computer: chosenOf(id, name) })}
      />
    );
  }
  if (scope === 'person') {
    return (
      <PersonSelect {...field} label="Person" value={person?.id} known={optionOf(person)} onChange={(id, name) => change({ person: chosenOf(id, name) })} />
    );
  }
  return (
    <>
      <TenantSelect {...field} label="Tenant" value={tenant?.id} known={optionOf(tenant)} onChange={(id, name) => change({ tenant: chosenOf(id, name) })} />
      <Checkbox
        size="xs"
        label="The tenants below it too"
        checked={includesChildren}
        onChange={(event) => change({ includesChildren: event.currentTarget.checked })}
      />
    </>
  );
}

export function optionOf(chosen: Chosen | undefined): Option | undefined {
  return chosen && { value: chosen.id, label: chosen.name };
}

export function chosenOf(id: string | undefined, name: string): Chosen | undefined {
  return id === undefined ? undefined : { id, name };
}
