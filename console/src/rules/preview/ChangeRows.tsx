import { calledAmong, itemIn } from '~/catalogue/item/item.ts';
import { showingIn } from '~/catalogue/task/parameter/parameter.ts';
import type { SecretNames } from '~/catalogue/task/parameter/value.ts';
import { type Cursors, Pager } from '~/kit/table/Pager.tsx';
import { capital } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { toldBy, toldChangeWords, useNamesIn } from '../deployment/told.ts';
import { isNamed, reasonIn } from './explained.ts';
import css from './preview.module.css';
import type { Difference } from './usePreview.ts';

interface Props {
  changes: Difference['changes'];
  size: number;
  cursors: Cursors;
  isCreation: boolean;
}

/** Item by item: from what to what, why, and which deployment wins then. */
export function ChangeRows({ changes: { nodes, totalCount, pageInfo }, size, cursors, isCreation }: Props) {
  const called = calledAmong(nodes.flatMap((change) => itemIn(change) ?? []));
  const names = useNamesIn(...nodes.flatMap(({ before, after }) => [toldBy(before), toldBy(after)]));
  return (
    <>
      <table className={`rows ${css.rows}`} aria-label="What would change">
        <thead>
          <tr>
            <th scope="col" className={css.where}>
              Where
            </th>
            <th scope="col">From what to what, and why</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((change) => (
            <ChangeRow
              key={`${(change.computer ?? change.tenant)?.uuid} ${itemIn(change)?.uuid}`}
              of={change}
              called={called.get(itemIn(change)?.uuid ?? '')}
              names={names}
              isCreation={isCreation}
            />
          ))}
        </tbody>
      </table>
      <Pager
        label="what would change"
        cursors={cursors}
        size={size}
        shown={nodes.length}
        total={totalCount}
        endCursor={pageInfo.endCursor}
        hasNext={pageInfo.hasNextPage}
      />
    </>
  );
}

type Change = Props['changes']['nodes'][number];

function ChangeRow({ of: change, called, names, isCreation }: { of: Change; called: string | undefined; names: SecretNames; isCreation: boolean }) {
  const { computer, tenant, before, after, explanation } = change;
  const parameters = showingIn(change.task?.parameters ?? []);
  const told = toldChangeWords(toldBy(before, parameters), toldBy(after, parameters), names);
  return (
    <tr>
      <td className="name">
        {computer && <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink>}
        {tenant && (
          <div className={computer ? 'small' : undefined}>
            <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink>
          </div>
        )}
      </td>
      <td>
        <div>
          {called ?? 'An item'}: {before?.desired.text ?? 'nothing wanted'} → <strong>{after?.desired.text ?? 'nothing wanted'}</strong>
        </div>
        {told && <div className="small break">It tells the task {told}.</div>}
        <div className={`dimmed small ${css.why}`}>
          {capital(reasonIn(explanation))}. {!isNamed(explanation, after) && <Then winner={after} isCreation={isCreation} />}
        </div>
      </td>
    </tr>
  );
}

function Then({ winner, isCreation }: { winner: Change['after']; isCreation: boolean }) {
  if (!winner) return <>Then none applies: what is there stays.</>;
  const words = `the one for ${winner.targetText}`;
  return <>Then {winner.deployment && !isCreation ? <PathLink to={`/deployments/${winner.deployment.uuid}`}>{words}</PathLink> : words} wins.</>;
}
