// The list of deployments: what is read of each, and how it is shown.

import { Link } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { whichFragment } from '~/catalogue/item/which.ts';
import { graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import type { Column } from '~/kit/table/columns.ts';
import type { Connection } from '~/kit/table/useList.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { grouped, sentence } from '~/kit/text/words.ts';
import { DeploymentStatus, statusFragment } from './DeploymentStatus.tsx';

const listedFragment = graphql(
  `
  fragment ListedDeployment on Deployment {
    uuid enforcement origin
    software { uuid name ...WhichSoftware } task { uuid name } cloudTask { uuid name }
    target { text }
    desired { text }
    changed { ...Changed }
    winsOn losesOn conflictCount
    ...DeploymentInForce
  }
`,
  [changeFragment, statusFragment, whichFragment],
);

export const deploymentsQuery = graphql(
  `
  query Deployments($filter: DeploymentFilter, $orderBy: DeploymentOrder, $first: Int, $skip: Int, $asOf: AsOfInput) {
    list: deployments(filter: $filter, orderBy: $orderBy, first: $first, skip: $skip, asOf: $asOf) { totalCount nodes { ...ListedDeployment } }
  }
`,
  [listedFragment],
);

export const nowhereQuery = graphql(
  `
  query DeploymentsThatWinNowhere($first: Int, $skip: Int, $asOf: AsOfInput) {
    list: deploymentsThatWinNowhere(first: $first, skip: $skip, asOf: $asOf) { totalCount nodes { ...ListedDeployment } }
  }
`,
  [listedFragment],
);

export const missingQuery = graphql(
  `
  query DeploymentsWithMissingTarget($first: Int, $skip: Int, $asOf: AsOfInput) {
    list: deploymentsWithMissingTarget(first: $first, skip: $skip, asOf: $asOf) { totalCount nodes { ...ListedDeployment } }
  }
`,
  [listedFragment],
);

export type Listed = ResultOf<typeof listedFragment>;

/** What each of the three answers. */
export function listed({ list }: ResultOf<typeof deploymentsQuery>): Connection<Listed> | null {
  return list && { totalCount: list.totalCount, nodes: readFragment(listedFragment, list.nodes) };
}

export const COLUMNS: readonly Column<Listed>[] = [
  {
    id: 'target',
    title: 'For',
    width: 180,
    grows: 3,
    // By tenant: those for every tenant come first.
    orderBy: 'TENANT_NAME',
    narrow: 'title',
    cell: ({ uuid, target }) => (
      <Link to="/deployments/$id" params={{ id: uuid }} title={target.text}>
        {target.text}
      </Link>
    ),
  },
  {
    id: 'item',
    title: 'Item',
    orderBy: 'ITEM_NAME',
    width: 160,
    grows: 3,
    narrow: 'line',
    cell: (deployment) => <ItemLink of={deployment} />,
  },
  {
    id: 'status',
    title: 'Status',
    width: 110,
    grows: 0,
    orderBy: 'STATUS',
    narrow: 'line',
    cell: (deployment) => <DeploymentStatus of={deployment} />,
  },
  {
    id: 'desired',
    title: 'Wants',
    width: 150,
    grows: 3,
    narrow: 'line',
    cell: ({ desired }) => <span title={desired.text}>{desired.text}</span>,
  },
  { id: 'enforcement', title: 'Enforcement', width: 104, grows: 0, orderBy: 'ENFORCEMENT', cell: ({ enforcement }) => sentence(enforcement) },
  { id: 'origin', title: 'Origin', width: 110, grows: 0, cell: ({ origin }) => sentence(origin), isExtra: true },
  { id: 'wins', title: 'Wins on', width: 90, grows: 0, isNumber: true, orderBy: 'WINS_ON', cell: ofComputers('winsOn', 'WINS') },
  { id: 'loses', title: 'Loses on', width: 90, grows: 0, isNumber: true, cell: ofComputers('losesOn', 'LOSES'), isExtra: true },
  {
    id: 'conflicts',
    title: 'Conflicts',
    width: 94,
    grows: 0,
    orderBy: 'CONFLICT_COUNT',
    cell: ({ uuid, conflictCount }) =>
      conflictCount > 0 ? (
        <Link to="/deployments/$id" params={{ id: uuid }} search={{ tab: 'conflicts' }}>
          <Mark tone="bad">{grouped(conflictCount)}</Mark>
        </Link>
      ) : (
        <span className="dimmed">none</span>
      ),
  },
  { id: 'changed', title: 'Changed', width: 160, orderBy: 'CHANGED_AT', cell: ({ changed }) => <Changed change={changed} /> },
];

/** Outcomes are of computers; a cloud task is of tenants. */
function ofComputers(count: 'winsOn' | 'losesOn', outcome: 'WINS' | 'LOSES') {
  return ({ uuid, cloudTask, [count]: computers }: Listed) => {
    if (cloudTask) return <span className="dimmed">tenants</span>;
    if (computers === 0) return <span className="dimmed">0</span>;
    return (
      <Link to="/deployments/$id" params={{ id: uuid }} search={{ outcome }}>
        {grouped(computers)}
      </Link>
    );
  };
}
