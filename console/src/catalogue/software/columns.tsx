// The columns of the list of software.
import { Link } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import type { Column } from '~/kit/table/columns.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { plural } from '~/kit/text/words.ts';
import { ofRole } from '../script/roles.ts';
import { OriginMark } from './Origin.tsx';
import { originFragment } from './origin.ts';

export const listedFragment = graphql(
  `
  fragment ListedSoftware on Software @_unmask {
    uuid name publisher latestVersion reach scripts { role } versions(first: 1) { totalCount } changed { ...Changed } ...OriginOfSoftware
  }
`,
  [changeFragment, originFragment],
);

export type Listed = ResultOf<typeof listedFragment>;

export const COLUMNS: readonly Column<Listed>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 200,
    grows: 2,
    orderBy: 'NAME',
    narrow: 'title',
    cell: ({ uuid, name }) => (
      <Link to="/software/$id" params={{ id: uuid }}>
        {name}
      </Link>
    ),
  },
  { id: 'publisher', title: 'Publisher', width: 140, narrow: 'line', cell: ({ publisher }) => publisher },
  { id: 'from', title: 'From', width: 190, grows: 2, narrow: 'line', cell: (software) => <OriginMark of={software} /> },
  { id: 'latest', title: 'Latest', width: 110, narrow: 'line', cell: (software) => <Latest of={software} /> },
  { id: 'versions', title: 'Versions', width: 84, grows: 0, isNumber: true, cell: ({ versions }) => versions.totalCount },
  { id: 'reach', title: 'Scripts run on', width: 110, grows: 0, isNumber: true, cell: ({ reach }) => plural(reach, 'computer') },
  { id: 'changed', title: 'Changed', width: 190, cell: ({ changed }) => <Changed change={changed} /> },
];

/** Where each computer says what it can get, the catalogue needs no version. */
function Latest({ of: { latestVersion, scripts } }: { of: Listed }) {
  if (latestVersion) return latestVersion;
  return ofRole(scripts, 'AVAILABLE') ? <span className="dimmed">each computer's</span> : <Mark tone="warn">No version</Mark>;
}
