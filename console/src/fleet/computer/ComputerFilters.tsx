import { Button, Drawer } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { Choice } from '~/kit/select/Choice.tsx';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { sentence } from '~/kit/text/words.ts';
import { CLASSES, type ComputersSearch, ONBOARDINGS, OS_FAMILIES } from './search.ts';

interface Props {
  search: ComputersSearch;
  change: (changed: Partial<ComputersSearch>) => void;
}

const worded = <T extends string>(words: readonly T[]) => words.map((value) => ({ value, label: sentence(value) }));
const KINDS = worded(CLASSES);
const STAGES = worded(ONBOARDINGS);
const SYSTEMS = worded(OS_FAMILIES);
const ONLINE = [
  { value: 'yes', label: 'Online' },
  { value: 'no', label: 'Offline' },
] as const;
const REMOVED = [{ value: 'yes', label: 'Included' }] as const;

/** Which computers: in a bar, and where there is little room the less common ones behind a button that counts them. */
export function ComputerFilters({ search, change }: Props) {
  const isNarrow = useMediaQuery('(max-width: 48em)', window.matchMedia('(max-width: 48em)').matches);
  const [isOpen, { open, close }] = useDisclosure();
  const { kind, system, online, onboarding, tag, tenant, removed } = search;
  const count = [kind, system, online, onboarding, tag, tenant, removed].filter((value) => value !== undefined).length;
  if (!isNarrow) {
    return (
      <>
        <TextFilter label="Name contains" value={search.name} onChange={(name) => change({ name })} width={150} />
        <Others search={search} change={change} />
        {(count > 0 || search.name) && <Clear change={change} />}
      </>
    );
  }
  return (
    <>
      <TextFilter label="Name contains" value={search.name} onChange={(name) => change({ name })} width={150} />
      <Button onClick={open}>{count ? `Filters (${count})` : 'Filters'}</Button>
      <Drawer opened={isOpen} onClose={close} title="Filters" position="right" size="18rem">
        <div className="stack">
          <Others search={search} change={change} width={254} />
          <div className="bar">
            <Button variant="filled" onClick={close}>
              Show
            </Button>
            <Clear change={change} />
          </div>
        </div>
      </Drawer>
    </>
  );
}

function Others({ search, change, width }: Props & { width?: number }) {
  return (
    <>
      <TenantSelect aria-label="Tenant" placeholder="Tenant" value={search.tenant} onChange={(tenant) => change({ tenant })} w={width ?? 140} />
      <Choice label="Kind" options={KINDS} value={search.kind} onChange={(kind) => change({ kind })} width={width ?? 110} />
      <Choice label="Seen" options={ONLINE} value={search.online} onChange={(online) => change({ online })} width={width ?? 92} />
      <Choice label="System" options={SYSTEMS} value={search.system} onChange={(system) => change({ system })} width={width ?? 100} />
      <Choice label="Onboarding" options={STAGES} value={search.onboarding} onChange={(onboarding) => change({ onboarding })} width={width ?? 132} />
      <TextFilter label="Tag" value={search.tag} onChange={(tag) => change({ tag })} width={width ?? 84} />
      <Choice
        label="Removed"
        options={REMOVED}
        value={search.removed === 'yes' ? 'yes' : undefined}
        onChange={(removed) => change({ removed })}
        width={width ?? 116}
      />
    </>
  );
}

function Clear({ change }: Pick<Props, 'change'>) {
  const none = {
    name: undefined,
    tenant: undefined,
    kind: undefined,
    system: undefined,
    online: undefined,
    onboarding: undefined,
    tag: undefined,
    removed: undefined,
  };
  return (
    <Button variant="subtle" onClick={() => change(none)}>
      Clear
    </Button>
  );
}
