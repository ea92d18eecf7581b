// What has to come before a software is brought onto a computer, and what it has to come before itself.
import { lazy, Suspense } from 'react';
import { Actions } from '~/kit/action/Actions.tsx';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { useBeside } from '~/kit/live/useBeside.ts';
import { Failed, Loading } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { plural } from '~/kit/text/words.ts';
import { AddPrerequisite, ChangePrerequisite, type Needing, RemovePrerequisite } from './actions.tsx';
import { aboveFragment, chainFragment } from './chain.ts';
import css from './prerequisite.module.css';
import { type Prerequisite, prerequisiteFragment, type Says, saysFragment } from './prerequisite.ts';
import { Named, ThenWords, WhenWords } from './Words.tsx';

const GraphCard = lazy(() => import('./GraphCard.tsx'));

export const needsFragment = graphql('fragment NeedsOfSoftware on Software { prerequisites { ...PrerequisiteInFull } }', [prerequisiteFragment]);

/** Beside the page, of the same moment: a question counts also what it leaves out, and the other tabs together are as much as one may have. */
const aroundQuery = graphql(
  `
  query PrerequisitesAround($id: ID!, $asOf: AsOfInput) {
    software(id: $id, asOf: $asOf) { ...PrerequisiteChain ...PrerequisiteChainAbove }
    naming: prerequisites(filter: { namesSoftwareId: $id }, first: 25, asOf: $asOf) { totalCount nodes { ...PrerequisiteSays } }
  }
`,
  [chainFragment, aboveFragment, saysFragment],
);

interface Props {
  software: Needing;
  needs: FragmentOf<typeof needsFragment>;
  /** Of the page. */
  position: string | undefined;
}

export function PrerequisitesTab({ software, needs, position }: Props) {
  const { prerequisites } = readFragment(needsFragment, needs);
  return (
    <div className="stack">
      <section className="card stack">
        <div className="bar">
          <h2 className={css.heading}>What it needs first</h2>
          <span className="grow" />
          <Actions>
            <AddPrerequisite software={software} />
          </Actions>
        </div>
        {prerequisites.length === 0 ? (
          <p className="dimmed">Nothing: a session that is to install {software.name} installs it as the computer is.</p>
        ) : (
          <>
            <p className="dimmed small">
              Before a session installs, updates or downgrades it; what is needed comes right before, in this order, and what that needs before it.
            </p>
            <Needs software={software} prerequisites={prerequisites} />
          </>
        )}
      </section>
      <Around softwareId={software.uuid} position={position} />
    </div>
  );
}

/** What needs it, and the chain that it stands in. */
function Around({ softwareId, position }: { softwareId: string; position: string | undefined }) {
  const { data, failure, again } = useBeside(aroundQuery, { id: softwareId }, position);
  if (failure) return <Failed failure={failure} again={again} />;
  if (!data?.software || !data.naming) return <Loading />;
  const { nodes, totalCount } = data.naming;
  const more = (totalCount ?? 0) - nodes.length;
  const isAlone = data.software.prerequisites.length === 0 && data.software.neededBy.nodes.length === 0;
  return (
    <>
      <section className="card stack">
        <h2 className={css.heading}>What needs it, or asks for it</h2>
        {nodes.length === 0 ? <p className="dimmed">No other software says anything of it.</p> : <NeededBy prerequisites={nodes} />}
        {more > 0 && <p className="dimmed small">and {plural(more, 'other')}</p>}
      </section>
      {!isAlone && (
        <Suspense fallback={<Loading />}>
          <GraphCard chain={data.software} />
        </Suspense>
      )}
    </>
  );
}

function Needs({ software, prerequisites }: { software: Needing; prerequisites: readonly Prerequisite[] }) {
  return (
    <Wide label="What it needs first">
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">If</th>
            <th scope="col">Then first</th>
            <th scope="col">Of it</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {prerequisites.map((prerequisite) => (
            <tr key={prerequisite.uuid}>
              <td>
                <WhenWords when={prerequisite.when} />
              </td>
              <td>
                <ThenWords then={prerequisite.then} />
              </td>
              <td>{prerequisite.versions.text}</td>
              <td>
                <div className={css.changes}>
                  <ChangePrerequisite software={software} prerequisite={prerequisite} />
                  <RemovePrerequisite software={software} prerequisite={prerequisite} />
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function NeededBy({ prerequisites }: { prerequisites: readonly Says[] }) {
  return (
    <Wide label="What needs it, or asks for it">
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">Before</th>
            <th scope="col">If</th>
            <th scope="col">Then first</th>
          </tr>
        </thead>
        <tbody>
          {prerequisites.map(({ uuid, software, versions, when, then }) => (
            <tr key={uuid}>
              <td className="name">
                <Named software={software} /> <span className="dimmed small">{versions.text}</span>
              </td>
              <td>
                <WhenWords when={when} />
              </td>
              <td>
                <ThenWords then={then} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
