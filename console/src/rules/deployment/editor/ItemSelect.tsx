// What a deployment is about: a software, a task or a cloud task, found by its name among all of them.
import { whichFragment, whichWords } from '~/catalogue/item/which.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { type Found, SearchSelect, type Sought } from '~/kit/select/SearchSelect.tsx';
import type { Item } from './draft.ts';

const itemsFoundQuery = graphql(
  `
  query ItemsFound($text: String!, $asOf: AsOfInput) {
    catalogue(filter: { nameContains: $text }, orderBy: { field: NAME }, first: 20, asOf: $asOf) { nodes { uuid name ...WhichSoftware } }
    tasks(filter: { nameContains: $text }, orderBy: { field: NAME }, first: 20, asOf: $asOf) { nodes { uuid name } }
    cloudTasks(filter: { nameContains: $text }, first: 20, asOf: $asOf) { nodes { uuid name } }
  }
`,
  [whichFragment],
);

interface Props {
  value: Item | undefined;
  onChange: (item: Item | undefined) => void;
}

export function ItemSelect({ value, onChange }: Props) {
  const known = value && optionOf(value);
  return (
    <SearchSelect
      useFound={useItems}
      label="Software or task"
      placeholder="Type a part of its name"
      isClearable={false}
      value={known?.value}
      known={known}
      onChange={(key, label, which) => onChange(itemOfKey(key, label, which))}
    />
  );
}

/** Words that tell a task from a software of the same name. */
const KINDS: Record<Item['kind'], string> = { software: '', task: ' (task)', cloudTask: ' (cloud task)' };

function optionOf({ kind, id, name, which }: Item) {
  return { value: `${kind} ${id}`, label: name + KINDS[kind], detail: which };
}

function itemOfKey(key: string | undefined, label: string, which: string | undefined): Item | undefined {
  const [kind, id] = key?.split(' ') ?? [];
  if (!id) return undefined;
  const known = (Object.keys(KINDS) as Item['kind'][]).find((one) => one === kind) ?? 'software';
  return { kind: known, id, name: label.slice(0, label.length - KINDS[known].length), which };
}

function useItems({ text, isIdle }: Sought): Found {
  const { data, isReading } = usePage(itemsFoundQuery, { text }, { concerns: ['SOFTWARE', 'TASK', 'CLOUD_TASK'], keep: true, pause: isIdle });
  const software = (data?.catalogue?.nodes ?? []).map((one) => optionOf({ kind: 'software', id: one.uuid, name: one.name, which: whichWords(one) }));
  const tasks = (data?.tasks?.nodes ?? []).map(({ uuid, name }) => optionOf({ kind: 'task', id: uuid, name }));
  const cloudTasks = (data?.cloudTasks?.nodes ?? []).map(({ uuid, name }) => optionOf({ kind: 'cloudTask', id: uuid, name: name ?? uuid }));
  return { options: [...software, ...tasks, ...cloudTasks], chosen: undefined, isReading };
}
