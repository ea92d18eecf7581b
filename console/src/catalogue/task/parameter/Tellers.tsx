// Which deployments tell a task what: those whose values stand in the way of another definition are among them.
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { toldFragment, toldIn, toldWords, useNamesIn } from '~/rules/deployment/told.ts';
import css from './parameter.module.css';

const tellersQuery = graphql(
  `
    query TellersOfTask($task: ID!, $asOf: AsOfInput) {
      deployments(filter: { taskId: $task }, first: 50, asOf: $asOf) {
        totalCount
        nodes { uuid desired { kind } target { text } parameters { ...ToldToTask } }
      }
    }
  `,
  [toldFragment],
);

export function Tellers({ task }: { task: string }) {
  const { data } = usePage(tellersQuery, { task }, { concerns: ['DEPLOYMENT'] });
  const { nodes = [], totalCount } = data?.deployments ?? {};
  // What leaves the task alone tells it nothing, whatever it holds.
  const telling = nodes.filter(({ desired }) => desired.kind !== 'IGNORED');
  const names = useNamesIn(...telling.map(({ parameters }) => toldIn(parameters)));
  if (telling.length === 0) return null;
  const more = (totalCount ?? 0) - nodes.length;
  return (
    <>
      <p className={css.line}>What its deployments tell it, each in a tab of its own:</p>
      <ul className={css.tellers}>
        {telling.map(({ uuid, target, parameters }) => (
          <li key={uuid}>
            <PathLink to={`/deployments/${uuid}/edit`} isApart>
              {target.text}
            </PathLink>
            : {toldWords(toldIn(parameters), names)}
          </li>
        ))}
      </ul>
      {more > 0 && <p className={css.line}>and {plural(more, 'more deployment')}</p>}
    </>
  );
}
