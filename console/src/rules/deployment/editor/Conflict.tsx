// Somebody else changed the deployment while it was being edited: what was there, what they made of it, what is wanted here; and the choice.
import { Button } from '@mantine/core';
import { Changed, type changeFragment } from '~/access/actor/Changed.tsx';
import type { FragmentOf } from '~/kit/api/graphql.ts';
import { Wide } from '~/kit/table/Wide.tsx';
import { useNamesIn } from '../told.ts';
import css from './editor.module.css';
import { onTop, threeWays } from './threeWays.ts';
import type { Base, Drafting } from './useDraft.ts';

interface Props {
  drafting: Drafting;
  theirs: Base;
  changed: FragmentOf<typeof changeFragment>;
}

export function Conflict({ drafting: { base, draft, rebase }, theirs, changed }: Props) {
  const names = useNamesIn(base.draft.told, theirs.draft.told, draft.told);
  return (
    <section className={`card stack ${css.three}`} role="alert" aria-labelledby="conflict">
      <h2 id="conflict">Somebody else changed it too</h2>
      <p>
        Changed <Changed change={changed} />. What you typed is kept.
      </p>
      <Wide label="The three versions">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col">As you saw it</th>
              <th scope="col">Theirs, now</th>
              <th scope="col">Yours</th>
            </tr>
          </thead>
          <tbody>
            {threeWays(base.draft, theirs.draft, draft, names).map(({ what, before, theirs, mine }) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td>{before}</td>
                <td>{theirs === before ? <span className="dimmed">the same</span> : theirs}</td>
                <td>{mine === before ? <span className="dimmed">not touched</span> : mine}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      <div className="bar">
        <Button onClick={() => rebase(theirs, theirs.draft)}>Take theirs</Button>
        <Button variant="filled" onClick={() => rebase(theirs, onTop(base.draft, theirs.draft, draft))}>
          Put mine on top
        </Button>
      </div>
    </section>
  );
}
