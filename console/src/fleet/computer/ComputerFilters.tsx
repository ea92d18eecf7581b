import { Button, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { PersonSelect } from '~/fleet/person/PersonSelect.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { Choice } from '~/kit/select/Choice.tsx';
import { SuggestedFilter } from '~/kit/select/SuggestedFilter.tsx';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { useNarrow } from '~/kit/style/useNarrow.ts';
import { sentence } from '~/kit/text/words.ts';
import type { ComputersFilter } from './matching.ts';
import { CLASSES, type ComputersSearch, ONBOARDINGS, OS_FAMILIES } from './search.ts';
import { useFacets } from './useFacets.ts';

interface Change {
  change: (changed: Partial<ComputersSearch>) => void;
}

interface Fields extends Change {
  search: ComputersSearch;
  filter: ComputersFilter;
  /** Of the list that is shown: the counts beside the choices are of the same. */
  position: string | undefined;
}

const worded = <T extends string>(words: readonly T[]) => words.map((value) => ({ value, label: sentence(value) }));
const KINDS = worded(CLASSES);
const STAGES = worded(ONBOARDINGS);
const SYSTEMS = worded(OS_FAMILIES);
const ONLINE = [
  { value: 'yes', label: 'Online' },
  { value: 'no', label: 'Offline' },
] as const;
const MAINTENANCE = [
  { value: 'no', label: 'Maintained' },
  { value: 'yes', label: 'Excluded' },
] as const;
const REMOVED = [{ value: 'yes', label: 'Included' }] as const;

/** In the bar where there is room for it. */
const USUAL = ['tenant', 'kind', 'online', 'system', 'tag'] as const;
const RARE = ['person', 'onboarding', 'excluded', 'removed'] as const;
/** In the drawer, in pixels. */
const WIDE = 254;

/** Which computers: the usual filters in a bar, the others behind a button that counts those in use. */
export function ComputerFilters(fields: Fields) {
  const { search, change } = fields;
  const isNarrow = useNarrow();
  const [isOpen, { open, close }] = useDisclosure();
  const behind = isNarrow ? [...USUAL, ...RARE] : RARE;
  const count = behind.filter((filter) => search[filter] !== undefined).length;
  const isAny = [...USUAL, ...RARE, 'text' as const].some((filter) => search[filter] !== undefined);
  return (
    <>
      <TextFilter label="Name, serial, tag or person" value={search.text} onChange={(text) => change({ text })} width={isNarrow ? 200 : 210} />
      {!isNarrow && <Usual {...fields} />}
      <Button onClick={open}>{`${isNarrow ? 'Filters' : 'More filters'}${count ? ` (${count})` : ''}`}</Button>
      {isAny && !isNarrow && <Clear change={change} />}
      <Drawer opened={isOpen} onClose={close} title="Filters" position="right" size="18rem">
        <div className="stack">
          {isNarrow && <Usual {...fields} width={WIDE} />}
          <Rare {...fields} width={WIDE} />
          <div className="bar">
            <Button variant="filled" onClick={close}>
              Show
            </Button>
            {isAny && <Clear change={change} />}
          </div>
        </div>
      </Drawer>
    </>
  );
}

function Usual({ search, filter, position, change, width }: Fields & { width?: number }) {
  const { counted, tags } = useFacets(filter, position);
  return (
    <>
      <TenantSelect
        aria-label="Tenant"
        placeholder="Tenant"
        value={search.tenant}
        onChange={(tenant) => change({ tenant })}
        w={width ?? 150}
        {...counted('tenant')}
      />
      <Choice label="Kind" options={KINDS} value={search.kind} onChange={(kind) => change({ kind })} width={width ?? 132} {...counted('kind')} />
      <Choice label="Seen" options={ONLINE} value={search.online} onChange={(online) => change({ online })} width={width ?? 96} {...counted('online')} />
      <Choice label="System" options={SYSTEMS} value={search.system} onChange={(system) => change({ system })} width={width ?? 104} {...counted('system')} />
      <SuggestedFilter label="Tag" value={search.tag} onChange={(tag) => change({ tag })} width={width ?? 100} suggestions={tags} {...counted('tag')} />
    </>
  );
}

function Rare({ search, filter, position, change, width }: Fields & { width: number }) {
  const { counted } = useFacets(filter, position);
  return (
    <>
      <PersonSelect
        aria-label="Person"
        placeholder="Person"
        tenantId={search.tenant}
        value={search.person}
        onChange={(person) => change({ person })}
        w={width}
      />
      <Choice
        label="Onboarding"
        options={STAGES}
        value={search.onboarding}
        onChange={(onboarding) => change({ onboarding })}
        width={width}
        {...counted('onboarding')}
      />
      <Choice
        label="Maintenance"
        options={MAINTENANCE}
        value={search.excluded}
        onChange={(excluded) => change({ excluded })}
        width={width}
        {...counted('excluded')}
      />
      <Choice
        label="Removed"
        options={REMOVED}
        value={search.removed === 'yes' ? 'yes' : undefined}
        onChange={(removed) => change({ removed })}
        width={width}
      />
    </>
  );
}

function Clear({ change }: Change) {
  const none = Object.fromEntries([...USUAL, ...RARE, 'text'].map((filter) => [filter, undefined]));
  return (
    <Button variant="subtle" onClick={() => change(none)}>
      Clear
    </Button>
  );
}
