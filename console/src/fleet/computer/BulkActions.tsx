// What can be done to many computers at once: the chosen ones, or all that match but some, found page by page at one position.
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useOnComputers } from '~/access/may/useOnComputers.ts';
import { TagsField } from '~/fleet/tag/TagsField.tsx';
import { ActionMenu, type MenuAction } from '~/kit/action/ActionMenu.tsx';
import { type Collect, ManyDialog } from '~/kit/action/ManyDialog.tsx';
import type { Thing } from '~/kit/action/many.ts';
import { graphql } from '~/kit/api/graphql.ts';
import type { Selection } from '~/kit/table/selection.ts';
import { walk } from '~/kit/table/walk.ts';
import { type ComputersFilter, matchingComputersQuery } from './matching.ts';

/** The most computers that one change is made for from here. */
const MOST = 5_000;
const NOUN = ['computer', 'computers'] as const;

const startSessionsMutation = graphql(`
  mutation StartSessions($input: StartSessionsInput!) {
    startSessions(input: $input) { results { givenId userErrors { code message field } } position }
  }
`);
const excludeComputersMutation = graphql(`
  mutation ExcludeComputers($input: SetComputersMaintenanceExclusionInput!) {
    setComputersMaintenanceExclusion(input: $input) { results { givenId userErrors { code message field } } position }
  }
`);
const completeOnboardingsMutation = graphql(`
  mutation CompleteOnboardings($input: CompleteOnboardingsInput!) {
    completeOnboardings(input: $input) { results { givenId userErrors { code message field } } position }
  }
`);
const tagComputersMutation = graphql(`
  mutation TagComputers($input: TagComputersInput!) {
    tagComputers(input: $input) { results { givenId userErrors { code message field } } position }
  }
`);
const removeComputersMutation = graphql(`
  mutation RemoveComputers($input: RemoveComputersInput!) {
    removeComputers(input: $input) { results { givenId userErrors { code message field } } position }
  }
`);

type Deed = 'start' | 'exclude' | 'include' | 'onboard' | 'tag' | 'remove';

/** What it is called for one computer: what is forbidden there is forbidden here. */
const MUTATIONS: Readonly<Record<Deed, string>> = {
  start: 'startSession',
  exclude: 'setComputerMaintenanceExclusion',
  include: 'setComputerMaintenanceExclusion',
  onboard: 'completeOnboarding',
  tag: 'changeTags',
  remove: 'removeComputer',
};

interface Props {
  selection: Selection;
  total: number;
  filter: ComputersFilter;
  /** What a computer is called, where that is known. */
  nameOf: (id: string) => string | undefined;
}

/** Nothing before something is chosen; what may be done is asked then. */
export function BulkActions(props: Props) {
  const [deed, setDeed] = useState<Deed>();
  if (props.selection.count(props.total) === 0 && !deed) return null;
  return <OnChosen {...props} deed={deed} setDeed={setDeed} />;
}

interface OnChosenProps extends Props {
  deed: Deed | undefined;
  setDeed: (deed: Deed | undefined) => void;
}

function OnChosen({ selection, total, filter, nameOf, deed, setDeed }: OnChosenProps) {
  const onComputers = useOnComputers();
  const count = selection.count(total);
  const action = (label: string, deed: Deed, isDangerous = false): MenuAction => ({
    label,
    choose: () => setDeed(deed),
    may: onComputers(MUTATIONS[deed]),
    isDangerous,
  });
  const actions = [
    action('Start a session on each…', 'start'),
    action('Exclude from maintenance…', 'exclude'),
    action('Include in maintenance…', 'include'),
    action('Complete onboarding…', 'onboard'),
    action('Give and take tags…', 'tag'),
    action('Remove…', 'remove', true),
  ];
  const collect: Collect = async (signal, progress) => {
    if (!selection.isAll) return { things: [...selection.ids].map((id) => ({ id, name: nameOf(id) })), total: selection.ids.size };
    const came = await walk(matchingComputersQuery, { filter }, ({ computers }) => computers, { limit: MOST + selection.ids.size, signal, progress });
    if ('code' in came) return came;
    const things = came.rows.filter(({ uuid }) => selection.has(uuid)).map(({ uuid, name }) => ({ id: uuid, name }));
    return { things: things.slice(0, MOST), total: came.total - selection.ids.size };
  };
  const of = { collect, close: () => setDeed(undefined), done: selection.clear, noun: NOUN, shown };
  return (
    <>
      <ActionMenu label={`With ${count.toLocaleString('en')} chosen`} actions={actions} />
      {count < total && !selection.isAll && (
        <Button variant="subtle" onClick={selection.toggleAll}>
          Choose all {total.toLocaleString('en')}
        </Button>
      )}
      <Button variant="subtle" onClick={selection.clear}>
        Choose none
      </Button>
      {deed === 'start' && (
        <ManyDialog
          {...of}
          title="Start a session on each"
          verb="Start on"
          document={startSessionsMutation}
          variables={({ ids, ...options }) => ({ input: { computerIds: ids, options } })}
        >
          <p className="plain small">
            Each brings its computer into the state that its winning deployments describe. <strong>Whoever works there may be interrupted</strong>: scripts can
            close programs, and some ask for a restart. One that is offline waits until it is back, 7 days at most.
          </p>
        </ManyDialog>
      )}
      {(deed === 'exclude' || deed === 'include') && (
        <ManyDialog
          {...of}
          title={deed === 'exclude' ? 'Exclude from maintenance' : 'Include in maintenance'}
          verb={deed === 'exclude' ? 'Exclude' : 'Include'}
          document={excludeComputersMutation}
          variables={({ ids, ...options }) => ({ input: { ids, isExcluded: deed === 'exclude', options } })}
        >
          <p className="plain small">
            {deed === 'exclude'
              ? 'While it is excluded no deployment applies to a computer.'
              : 'The deployments for them apply again, from the next session on.'}
          </p>
        </ManyDialog>
      )}
      {deed === 'onboard' && (
        <ManyDialog
          {...of}
          title="Complete onboarding"
          verb="Complete for"
          document={completeOnboardingsMutation}
          variables={({ ids, ...options }) => ({ input: { ids, options } })}
        >
          <p className="plain small">Says that they need no onboarding any more. A first full session that passes says the same by itself.</p>
        </ManyDialog>
      )}
      {deed === 'tag' && <TagMany of={of} />}
      {deed === 'remove' && (
        <ManyDialog
          {...of}
          title="Remove computers"
          verb="Remove"
          isDangerous
          document={removeComputersMutation}
          variables={({ ids, ...options }) => ({ input: { ids, options } })}
        >
          <p className="plain small">
            Nothing applies to a removed computer, its sessions are cancelled and its agents get nothing. What is known of it is kept, and it can be restored.
          </p>
        </ManyDialog>
      )}
    </>
  );
}

interface Of {
  collect: Collect;
  close: () => void;
  done: () => void;
  noun: typeof NOUN;
  shown: typeof shown;
}

function TagMany({ of }: { of: Of }) {
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  return (
    <ManyDialog
      {...of}
      title="Give and take tags"
      verb="Change tags of"
      document={tagComputersMutation}
      variables={({ ids, ...options }) => ({ input: { ids, add, remove, options } })}
      isReady={add.length + remove.length > 0}
    >
      <TagsField label="Give" description="Upper and lower case are the same." value={add} onChange={setAdd} data-autofocus />
      <TagsField label="Take away" value={remove} onChange={setRemove} />
    </ManyDialog>
  );
}

function shown({ id, name }: Thing) {
  return (
    <Link to="/computers/$id" params={{ id }}>
      {name ?? id}
    </Link>
  );
}
