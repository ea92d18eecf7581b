import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { capital } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import css from './Needs.module.css';
import { judgementOf, seenWords } from './needs.ts';

export const needFields = graphql(`
  fragment Need on ActionNeed @_unmask {
    text judgement obstacle
    action { id itemName result }
    seen { software { name } isInstalled version }
    prerequisite { uuid software { uuid } }
  }
`);

type Need = ResultOf<typeof needFields>;

/** What an action needs before it: whether it applied, by what that was judged, and what brings it about. */
export function Needs({ item, needs }: { item: string; needs: readonly Need[] }) {
  return (
    <details className={css.needs} open={needs.some(({ obstacle, action }) => obstacle !== null || action?.result === 'FAILED')}>
      <summary>What {item} needs first</summary>
      <ol>
        {needs.map((need) => (
          <li key={`${need.prerequisite?.uuid} ${need.text}`}>
            <NeedRow need={need} />
          </li>
        ))}
      </ol>
    </details>
  );
}

function NeedRow({ need }: { need: Need }) {
  const { text, action, seen, prerequisite, obstacle } = need;
  const { word, tone } = judgementOf(need);
  const judgedBy = seenWords(seen);
  return (
    <>
      <Mark tone={tone}>{word}</Mark> {capital(text)}
      {!text.endsWith('.') && '.'}{' '}
      <span className="dimmed">
        {judgedBy && `${capital(judgedBy)}. `}
        {obstacle && !text.includes(obstacle) && `It is never met: ${obstacle}. `}
        {action && (
          <>
            See <a href={`#${action.id}`}>{action.itemName}</a>.{' '}
          </>
        )}
        {prerequisite?.software && (
          <PathLink to={`/software/${prerequisite.software.uuid}`} search={{ tab: 'prerequisites' }}>
            The prerequisite
          </PathLink>
        )}
      </span>
    </>
  );
}
