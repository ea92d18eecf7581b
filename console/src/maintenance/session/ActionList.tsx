// The actions of a session, in the order in which they are done: what, why, how it ended, and the scripts that ran for it.

import { useMemo } from 'react';
import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { capital } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import css from './ActionList.module.css';
import { Finding } from './Finding.tsx';
import { findingOf, foundFields } from './finding.ts';
import { Runs, runFields } from './Runs.tsx';
import { useOpenRuns } from './useOpenRuns.ts';
import { deedOf, endOfAction, resultReasonOf, toneOfResult, whyOf } from './words.ts';

export const actionFields = graphql(
  `
  fragment ActionCard on MaintenanceAction {
    id itemName because type reason result resultReason message detectedBefore detected isBroken
    desired { text }
    software { uuid name } task { uuid name }
    value
    ...Found
    deployment { uuid target { text } }
    runs { uuid status exitCode outputBytes ...RunRow }
  }
`,
  [foundFields, runFields],
);

interface Props {
  actions: readonly FragmentOf<typeof actionFields>[];
  isOver: boolean;
}

export function ActionList({ actions: masked, isOver }: Props) {
  const actions = readFragment(actionFields, masked);
  const isPast = useMoment() !== undefined;
  const runs = useMemo(() => actions.flatMap(({ runs, result }) => runs.map((run) => ({ ...run, result }))), [actions]);
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
        <li key={action.id} className="card">
          <ActionHead action={action} />
          {action.runs.length > 0 && <Runs runs={action.runs} item={action.itemName} result={action.result} open={open} choose={choose} />}
        </li>
      ))}
    </ol>
  );
}

type Action = ResultOf<typeof actionFields>;

function ActionHead({ action }: { action: Action }) {
  const { itemName, deployment, result, because, reason, isBroken } = action;
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
