// Ctrl-K: find anything, go anywhere, start what is common. Its own piece of code, fetched when it is first asked for.

import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { itemIn } from '~/catalogue/item/item.ts';
import { whichFragment, whichWords } from '~/catalogue/item/which.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { sentence } from '~/kit/text/words.ts';

import { signOut } from './signIn.ts';
import { usePlaces } from './usePlaces.ts';

const paletteQuery = graphql(
  `
  query Palette($text: String!, $asOf: AsOfInput) {
    search(text: $text, first: 20, asOf: $asOf) {
      kind
      title
      detail
      matched
      node {
        __typename
        ... on Agent { uuid }
        ... on CloudTask { uuid }
        ... on Computer { uuid }
        ... on Deployment { uuid software { uuid name ...WhichSoftware } }
        ... on Group { uuid }
        ... on Person { uuid }
        ... on Software { uuid ...WhichSoftware }
        ... on Task { uuid }
        ... on Tenant { uuid }
      }
    }
  }
`,
  [whichFragment],
);

type Hit = NonNullable<ResultOf<typeof paletteQuery>['search']>[number];

/** How long somebody has to stop typing before it is looked for, in milliseconds. */
const STILL = 120;
/** Fewer letters find everything and nothing. */
const LEAST = 2;

const FOLDERS: Record<Hit['kind'], string> = {
  AGENT: '/agents',
  CLOUD_TASK: '/cloud-tasks',
  COMPUTER: '/computers',
  DEPLOYMENT: '/deployments',
  GROUP: '/groups',
  PERSON: '/people',
  SOFTWARE: '/software',
  TASK: '/tasks',
  TENANT: '/tenants',
};

const COMMANDS: readonly { id: string; label: string; to: string }[] = [
  { id: 'new-deployment', label: 'New deployment', to: '/deployments/new' },
  { id: 'enrol', label: 'Enrol computers', to: '/agents/enrol' },
  { id: 'order', label: 'Order of execution', to: '/deployments/order' },
  { id: 'compare', label: 'Compare two moments', to: '/compare' },
];

const [store, palette] = createSpotlight();

export const openPalette = palette.open;

/** The library marks the first action when something is typed, for Enter; what the server finds comes later. */
function markFirst() {
  const actions = document.querySelectorAll('.mantine-Spotlight-content [data-action]');
  for (const [index, action] of actions.entries()) {
    if (index === 0) action.setAttribute('data-selected', 'true');
    else action.removeAttribute('data-selected');
  }
  store.updateState((state) => ({ ...state, selected: 0 }));
}

/** It is there because somebody asked for it: it opens at once. */
export function Palette() {
  const navigate = useNavigate();
  const places = usePlaces();
  const [typed, setTyped] = useState('');
  const [text] = useDebouncedValue(typed.trim(), STILL);
  const { data, isReading } = usePage(paletteQuery, { text }, { keep: true, pause: text.length < LEAST, concerns: [] });
  useEffect(openPalette, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was found is there now
  useEffect(markFirst, [data?.search]);

  const go = (to: string) => void navigate({ to });
  const isCalledSo = ({ label }: { label: string }) => label.toLowerCase().includes(typed.trim().toLowerCase());
  const isLooking = typed.trim().length >= LEAST && (text !== typed.trim() || isReading);
  const hits = typed.trim().length < LEAST ? [] : (data?.search ?? []);
  const groups: SpotlightActionGroupData[] = [
    {
      group: 'Found',
      actions: hits.map((hit) => ({ id: `${hit.kind} ${uuidOf(hit)}`, label: hit.title, description: described(hit), onClick: () => go(pathOf(hit)) })),
    },
    {
      group: 'Do',
      actions: [
        ...COMMANDS.map(({ to, ...command }) => ({ ...command, onClick: () => go(to) })),
        { id: 'sign-out', label: 'Sign out', onClick: () => void signOut() },
      ].filter(isCalledSo),
    },
    { group: 'Go to', actions: places.map(({ to, title }) => ({ id: to, label: title, onClick: () => go(to) })).filter(isCalledSo) },
  ];

  return (
    <Spotlight
      store={store}
      query={typed}
      onQueryChange={setTyped}
      actions={groups.filter(({ actions }) => actions.length > 0)}
      filter={(_, actions) => actions}
      shortcut={['mod + K']}
      title="Find or do"
      nothingFound={isLooking ? 'Looking…' : 'Nothing is called so.'}
      highlightQuery
      scrollable
      maxHeight={480}
      searchProps={{ placeholder: 'A computer, tenant, person, deployment, software, task; or what to do', 'aria-label': 'Find or do' }}
    />
  );
}

function uuidOf({ node }: Hit): string {
  return 'uuid' in node ? node.uuid : '';
}

/** Cloud tasks have a list, and no pages of their own. */
function pathOf(hit: Hit): string {
  const folder = FOLDERS[hit.kind];
  return hit.kind === 'CLOUD_TASK' ? folder : `${folder}/${uuidOf(hit)}`;
}

/** Which of its name it is, or of what a deployment deploys. */
function whichOf({ node }: Hit): string | undefined {
  if (node.__typename === 'Software') return whichWords(node);
  return node.__typename === 'Deployment' ? itemIn(node)?.which : undefined;
}

function described(hit: Hit): string {
  const { kind, detail, matched } = hit;
  const by = matched === 'NAME' || matched === 'ITEM_NAME' || matched === 'TARGET_TEXT' ? undefined : `by its ${sentence(matched).toLowerCase()}`;
  return [sentence(kind), whichOf(hit), detail, by].filter(Boolean).join(' · ');
}
