import { Autocomplete, TagsInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { withDetails } from '~/kit/select/OptionLine.tsx';
import { SuggestedFilter } from '~/kit/select/SuggestedFilter.tsx';
import { useTagsLike } from './useTagsLike.ts';

interface FieldProps<T> {
  label: string;
  description?: string;
  value: T;
  onChange: (value: T) => void;
  error?: ReactNode;
  'data-autofocus'?: boolean;
}

/** Whatever is offered was looked for by the server. */
const asFound = <O,>({ options }: { options: O }): O => options;
/** A choice with what carries it needs more room than the field. */
const ROOMY = { width: 'max-content', position: 'bottom-start' } as const;

/** Some tags: those that are in use are offered, and any word may be one. */
export function TagsField({ value, onChange, ...field }: FieldProps<string[]>) {
  const [typed, setTyped] = useState('');
  const { tags, detailOf, begin } = useTagsLike(typed);
  return (
    <TagsInput
      {...field}
      data={tags}
      filter={asFound}
      value={value}
      onChange={onChange}
      searchValue={typed}
      onSearchChange={setTyped}
      comboboxProps={ROOMY}
      onFocus={begin}
      {...withDetails(detailOf)}
    />
  );
}

/** One tag. */
export function TagField({ value, onChange, ...field }: FieldProps<string>) {
  const { tags, detailOf, begin } = useTagsLike(value);
  return (
    <Autocomplete
      {...field}
      data={tags}
      filter={asFound}
      value={value}
      onChange={onChange}
      comboboxProps={ROOMY}
      autoComplete="off"
      onFocus={begin}
      {...withDetails(detailOf)}
    />
  );
}

/** A tag that a list is filtered by. */
export function TagFilter({ value, onChange }: { value: string | undefined; onChange: (tag: string | undefined) => void }) {
  const { tags, detailOf, begin } = useTagsLike(value ?? '');
  return <SuggestedFilter label="Tag" value={value} onChange={onChange} suggestions={tags} detailOf={detailOf} onDropdownOpen={begin} />;
}
