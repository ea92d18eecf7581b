// The actions of a session, in the order in which they are done: what, why, how it ended, and the scripts that ran for it.

import { useMemo } from 'react';
import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { whichFragment } from '~/catalogue/item/which.ts';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { capital } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import css from './ActionList.module.css';
import { Finding } from './Finding.tsx';
import { findingOf, foundFields } from './finding.ts';
import { Needs, needFields } from './Needs.tsx';
import { depthsOf } from './needs.ts';
import { Runs, runFields } from './Runs.tsx';
import { useOpenRuns } from './useOpenRuns.ts';
import { deedOf, endOfAction, resultReasonOf, toneOfResult, whyOf } from './words.ts';

export const actionFields = graphql(
  `
  fragment ActionCard on MaintenanceAction {
    id itemName because type reason result resultReason message detectedBefore detected isBroken
    desired { text }
    software { uuid name ...WhichSoftware } task { uuid name }
    value
    ...Found
    deployment { uuid target { text } }
    parent { id itemName }
    prerequisite { software { uuid } }
    needs { ...Need }
    runs { uuid status exitCode outputBytes ...RunRow }
  }
`,
  [foundFields, runFields, needFields, whichFragment],
);

export const lookFields = graphql('fragment Look on ScriptRun { uuid status exitCode outputBytes ...RunRow }', [runFields]);

interface Props {
  actions: readonly FragmentOf<typeof actionFields>[];
  /** At software that only a prerequisite asks for. */
  looks: readonly FragmentOf<typeof lookFields>[];
  isOver: boolean;
}

export function ActionList({ actions: masked, looks: maskedLooks, isOver }: Props) {
  const actions = readFragment(actionFields, masked);
  const looks = readFragment(lookFields, maskedLooks);
  const isPast = useMoment() !== undefined;
  const runs = useMemo(
    () => [...actions.flatMap(({ runs, result }) => runs.map((run) => ({ ...run, result }))), ...looks.map((look) => ({ ...look, result: LOOKED }))],
    [actions, looks],
  );
  const depths = useMemo(() => depthsOf(actions), [actions]);
  const [open, choose] = useOpenRuns(runs, isOver || isPast);
  if (actions.length === 0) {
    return isOver ? (
      <Empty title="Nothing had to be done">No deployment wants anything here, or the session ended before it knew.</Empty>
    ) : (
      <Empty title="No actions yet">What is wanted here is not resolved yet.</Empty>
    );
  }
  return (
    <ol className={`plain stack ${css.actions}`}>
      {actions.map((action) => (
        <li key={action.id} id={action.id} className="card" style={{ '--depth': depths.get(action.id) } as React.CSSProperties}>
          <ActionHead action={action} />
          {action.needs.length > 0 && <Needs item={action.itemName} needs={action.needs} />}
          {action.runs.length > 0 && <Runs runs={action.runs} item={action.itemName} result={action.result} open={open} choose={choose} />}
        </li>
      ))}
      {looks.length > 0 && (
        <li className="card">
          <h2 className={css.item}>Looks for prerequisites alone</h2>
          <p className={css.because}>At software that a prerequisite asks for and that no action here is about, in the order in which they were asked for.</p>
          <Runs runs={looks} item="prerequisites" result={LOOKED} open={open} choose={choose} />
        </li>
      )}
    </ol>
  );
}

/** What a look that no action is about counts as: it succeeds where its script does. */
const LOOKED = 'PENDING';

type Action = ResultOf<typeof actionFields>;

function ActionHead({ action }: { action: Action }) {
  const { itemName, deployment, parent, prerequisite, result, because, reason, isBroken } = action;
  const why = whyOf(reason);
  return (
    <>
      <div className="bar">
        <h2 className={css.item}>
          <ItemLink of={action}>{itemName}</ItemLink>
        </h2>
        <Mark tone={toneOfResult(result)}>{endOfAction(action)}</Mark>
        {isBroken && (
          <Mark tone="bad" title="The test of what was there last said that it does not work">
            Broken
          </Mark>
        )}
        <span className={css.deed}>
          {deedOf(action)}
          {why && <span className="dimmed">: {why}</span>}
        </span>
      </div>
      <Came of={action} />
      <p className={css.because}>
        {because}. {deployment && <PathLink to={`/deployments/${deployment.uuid}`}>The deployment</PathLink>}
        {parent && (
          <>
            A part of <a href={`#${parent.id}`}>{parent.itemName}</a>.{' '}
          </>
        )}
        {prerequisite?.software && (
          <PathLink to={`/software/${prerequisite.software.uuid}`} search={{ tab: 'prerequisites' }}>
            The prerequisite
          </PathLink>
        )}
      </p>
    </>
  );
}

/** What came of it: its message, or the value that was wanted. */
function Came({ of: action }: { of: Action }) {
  const { result, resultReason, message, value } = action;
  if (findingOf(action).kind === 'value') {
    return (
      <div className={css.message}>
        Its value: <Finding of={action} value={value} />
      </div>
    );
  }
  if (!message && !resultReason) return null;
  return (
    <p className={css.message} data-result={result}>
      {message && capital(message)}
      {resultReason && <span className="dimmed"> ({resultReasonOf(resultReason)})</span>}
    </p>
  );
}
