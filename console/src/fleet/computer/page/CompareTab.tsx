// What differs for this computer between an earlier moment and the one that is looked at.

import { Button, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { itemIn } from '~/catalogue/item/item.ts';
import { whichFragment } from '~/catalogue/item/which.ts';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { momentOf, useMoment } from '~/kit/live/moment.ts';
import { Empty, Loading } from '~/kit/state/PageBody.tsx';
import { Mark, type Tone } from '~/kit/text/Mark.tsx';
import { capital, plural, sentence } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import css from './CompareTab.module.css';

export const differenceFragment = graphql(
  `
  fragment ComputerDifference on ResolutionDifference {
    itemCount
    changes(first: 100) {
      nodes {
        kind explanation
        software { uuid name ...WhichSoftware } task { uuid name }
        before { deployment { uuid } targetText desired { text } }
        after { deployment { uuid } targetText desired { text } }
      }
    }
  }
`,
  [whichFragment],
);

const HOUR = 3_600_000;
const STEPS: readonly [words: string, milliseconds: number][] = [
  ['An hour ago', HOUR],
  ['Yesterday', 24 * HOUR],
  ['A week ago', 7 * 24 * HOUR],
];
const TONES: Readonly<Record<string, Tone>> = { GAINED: 'good', LOST: 'bad', STATE_CHANGED: 'warn' };

interface Props {
  /** As the address holds it. */
  earlier: string | undefined;
  difference: FragmentOf<typeof differenceFragment> | null | undefined;
}

export function CompareTab({ earlier, difference }: Props) {
  const moment = momentOf(earlier);
  return (
    <div className="stack">
      <EarlierMoment key={earlier} earlier={earlier} />
      {!moment && <Empty title="Choose an earlier moment">Then what differs for this computer between the two is shown, item by item.</Empty>}
      {moment && (difference ? <Difference difference={difference} /> : <Loading />)}
    </div>
  );
}

function EarlierMoment({ earlier }: { earlier: string | undefined }) {
  const navigate = useNavigate({ from: '/computers/$id' });
  const later = useMoment();
  const [typed, setTyped] = useState(earlier ?? '');
  const isWrong = typed.trim() !== '' && !momentOf(typed.trim());
  const go = (earlier: string | undefined) => void navigate({ search: (before) => ({ ...before, earlier }), replace: true, resetScroll: false });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isWrong) go(typed.trim() || undefined);
  };
  const from = later?.time ? Date.parse(later.time) : Date.now();
  return (
    <form onSubmit={submit}>
      <TextInput
        label={`Earlier moment, against ${later ? 'the one that you look at' : 'now'}`}
        description="A time such as 2026-11-27 14:30, or the position of an event"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        error={isWrong ? 'Neither a time nor a position' : undefined}
        inputContainer={(input) => (
          <div className={css.line}>
            <div className={css.moment}>{input}</div>
            <Button type="submit" variant="filled">
              Compare
            </Button>
            {STEPS.map(([words, milliseconds]) => (
              <Button key={words} onClick={() => go(new Date(from - milliseconds).toISOString())}>
                {words}
              </Button>
            ))}
          </div>
        )}
      />
    </form>
  );
}

function Difference({ difference }: { difference: FragmentOf<typeof differenceFragment> }) {
  const { itemCount, changes } = readFragment(differenceFragment, difference);
  if (itemCount === 0) return <Empty title="Nothing differs">The same deployments win, and they want the same.</Empty>;
  return (
    <section className="card">
      <h2>{plural(itemCount, 'item differs', 'items differ')}</h2>
      <ul className={css.changes}>
        {changes.nodes.map((change) => (
          <li key={itemIn(change)?.uuid ?? change.explanation}>
            <Mark tone={TONES[change.kind] ?? 'quiet'}>{sentence(change.kind)}</Mark> <ItemLink of={change} />
            <div>{capital(change.explanation)}</div>
            <div className="small dimmed">
              <Side words="Before" winner={change.before} />. <Side words="After" winner={change.after} />.
            </div>
          </li>
        ))}
      </ul>
      {itemCount > changes.nodes.length && <p className="small dimmed">{changes.nodes.length} of them are shown.</p>}
    </section>
  );
}

interface Winner {
  deployment: { uuid: string } | null;
  targetText: string;
  desired: { text: string };
}

function Side({ words, winner }: { words: string; winner: Winner | null }) {
  if (!winner) return <>{words}: nothing wanted</>;
  const said = `the deployment for ${winner.targetText}`;
  return (
    <>
      {words}: {winner.desired.text}, because of {winner.deployment ? <PathLink to={`/deployments/${winner.deployment.uuid}`}>{said}</PathLink> : said}
    </>
  );
}
