// By what the computers in the scope are chosen, and the one field that this needs.
import { Select, TextInput } from '@mantine/core';
import { GroupSelect } from '~/fleet/group/GroupSelect.tsx';
import { TagField } from '~/fleet/tag/TagsField.tsx';
import { FieldError } from '~/kit/action/Errors.tsx';
import { ExpressionField } from '../../expression/ExpressionField.tsx';
import { BEARERS, MEMBERSHIPS, type MembershipKind, type TagBearer } from '../kinds.ts';
import { fitted, TENANT_MEMBERSHIPS } from './draft.ts';
import type { FieldsProps } from './fields.ts';
import { type Field, mistakeIn } from './mistakes.ts';
import { chosenOf, optionOf } from './TargetFields.tsx';

export function MembershipFields(props: FieldsProps) {
  const { item, membership } = fitted(props.draft);
  const kinds = item?.kind === 'cloudTask' ? TENANT_MEMBERSHIPS : (Object.keys(MEMBERSHIPS) as MembershipKind[]);
  return (
    <>
      <Select
        label="Chosen by"
        data={kinds.map((value) => ({ value, label: MEMBERSHIPS[value] }))}
        value={membership}
        onChange={(chosen) => chosen && props.change({ membership: chosen })}
        allowDeselect={false}
        maxDropdownHeight={300}
      />
      <Membership {...props} />
    </>
  );
}

/** Other systems' own words, which are compared letter for letter (docs/resolution.md). */
const EXACTLY = 'Letter for letter, as the other system has it.';

function Membership({ draft, change, errors }: FieldsProps) {
  const { membership, deviceGroup, directoryGroup, expression } = fitted(draft);
  const errorOf = (field: Field) => {
    const error = mistakeIn(errors, field, 'target.membership');
    return error && <FieldError error={error} />;
  };
  const typed = (name: 'agreementType' | 'agreementProduct' | 'metascript', label: string) => (
    <TextInput
      label={label}
      description={EXACTLY}
      value={draft[name]}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
      error={errorOf(`target.membership.${name}`)}
    />
  );
  switch (membership) {
    case 'ALL_COMPUTERS':
      return null;
    case 'TAG':
      return <Tag draft={draft} change={change} error={errorOf('target.membership.tag')} />;
    case 'DEVICE_GROUP':
      return (
        <GroupSelect
          key={membership}
          kind="DEVICE"
          label="Group"
          placeholder="Type a part of its name"
          isClearable={false}
          value={deviceGroup?.id}
          known={optionOf(deviceGroup)}
          onChange={(id, name) => change({ deviceGroup: chosenOf(id, name) })}
          error={errorOf('target.membership')}
        />
      );
    case 'DIRECTORY_GROUP':
      return (
        <GroupSelect
          key={membership}
          kind="DIRECTORY"
          label="Group"
          placeholder="Type a part of its name"
          isClearable={false}
          value={directoryGroup?.id}
          known={optionOf(directoryGroup)}
          onChange={(id, name) => change({ directoryGroup: chosenOf(id, name) })}
          error={errorOf('target.membership')}
        />
      );
    case 'AGREEMENT_TYPE':
      return typed('agreementType', 'Type of the agreement');
    case 'AGREEMENT_PRODUCT':
      return typed('agreementProduct', 'Product');
    case 'METASCRIPT':
      return typed('metascript', 'Metascript');
    case 'EXPRESSION':
      return (
        <ExpressionField
          label="Filter expression"
          value={expression}
          onChange={(expression) => change({ expression })}
          mistake={mistakeIn(errors, 'target.membership.expression', 'target.membership')}
        />
      );
  }
}

function Tag({ draft, change, error }: Pick<FieldsProps, 'draft' | 'change'> & { error: React.ReactNode }) {
  const { item, tag, tagOn } = fitted(draft);
  const bearers: TagBearer[] = item?.kind === 'cloudTask' ? ['TENANT'] : ['COMPUTER', 'TENANT', 'PERSON'];
  return (
    <>
      <TagField label="Tag" description="Upper and lower case are the same." value={tag} onChange={(tag) => change({ tag })} error={error} />
      <Select
        label="Carried by"
        data={bearers.map((value) => ({ value, label: BEARERS[value] }))}
        value={tagOn}
        onChange={(chosen) => chosen && change({ tagOn: chosen })}
        allowDeselect={false}
      />
    </>
  );
}
