// What a deployment is about: a software or a cloud task, found by its name among both.
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { type Found, SearchSelect, type Sought } from '~/kit/select/SearchSelect.tsx';
import type { Item } from './draft.ts';

const itemsFoundQuery = graphql(`
  query ItemsFound($text: String!, $asOf: AsOfInput) {
    catalogue(filter: { nameContains: $text }, orderBy: { field: NAME }, first: 20, asOf: $asOf) { nodes { uuid name } }
    cloudTasks(filter: { nameContains: $text }, first: 20, asOf: $asOf) { nodes { uuid name } }
  }
`);

interface Props {
  value: Item | undefined;
  onChange: (item: Item | undefined) => void;
}

export function ItemSelect({ value, onChange }: Props) {
  const known = value && optionOf(value);
  return (
    <SearchSelect
      useFound={useItems}
      label="Software or cloud task"
      placeholder="Type a part of its name"
      isClearable={false}
      value={known?.value}
      known={known}
      onChange={(key, label) => onChange(itemOfKey(key, label))}
    />
  );
}

/** Words that tell a cloud task from a software of the same name. */
const TASK = ' (cloud task)';

function optionOf({ kind, id, name }: Item) {
  return { value: `${kind} ${id}`, label: kind === 'cloudTask' ? name + TASK : name };
}

function itemOfKey(key: string | undefined, label: string): Item | undefined {
  const [kind, id] = key?.split(' ') ?? [];
  if (!id) return undefined;
  return kind === 'cloudTask' ? { kind, id, name: label.slice(0, -TASK.length) } : { kind: 'software', id, name: label };
}

function useItems({ text, isIdle }: Sought): Found {
  const { data, isReading } = usePage(itemsFoundQuery, { text }, { concerns: ['SOFTWARE', 'CLOUD_TASK'], keep: true, pause: isIdle });
  const software = (data?.catalogue?.nodes ?? []).map(({ uuid, name }) => optionOf({ kind: 'software', id: uuid, name }));
  const tasks = (data?.cloudTasks?.nodes ?? []).map(({ uuid, name }) => optionOf({ kind: 'cloudTask', id: uuid, name: name ?? uuid }));
  return { options: [...software, ...tasks], chosen: undefined, isReading };
}
