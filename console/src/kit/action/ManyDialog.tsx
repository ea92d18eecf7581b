// One change for many things: which ones and how many is found out first and shown, then each is answered for, and what was not done is
// named with its reason.
import { Button, Textarea } from '@mantine/core';
import type { AnyVariables, DocumentInput } from '@urql/core';
import { type ReactNode, useEffect, useState } from 'react';
import type { Failure } from '../api/failure.ts';
import { plural } from '../text/words.ts';
import css from './action.module.css';
import { Errors } from './Errors.tsx';
import { FormModal } from './FormModal.tsx';
import { changeMany, NOTHING_YET, type Tally, type Thing } from './many.ts';

export interface Chosen {
  things: readonly Thing[];
  /** How many match; more than things where that is more than is done at once. */
  total: number;
}

export type Collect = (signal: AbortSignal, progress: (read: number, total: number) => void) => Promise<Chosen | Failure>;

export interface Said {
  ids: string[];
  commandId: string;
  reason: string | undefined;
}

interface Props<D, V> {
  close: () => void;
  title: string;
  /** "Exclude": what is done, in a verb. */
  verb: string;
  /** What they are, one and many. */
  noun: readonly [one: string, many: string];
  isDangerous?: boolean;
  collect: Collect;
  document: DocumentInput<D, V>;
  variables: (said: Said) => V;
  /** How a thing is shown, with its link. */
  shown: (thing: Thing) => ReactNode;
  /** The dialog was left after something was sent. */
  done: () => void;
  isReady?: boolean;
  children?: ReactNode;
}

const LONGEST_REASON = 1000;
/** How many refused things are listed; the rest is counted. */
const LISTED = 100;

export function ManyDialog<D, V extends AnyVariables>(props: Props<D, V>) {
  const { close, title, verb, noun, isDangerous, collect, document, variables, shown, done, isReady = true, children } = props;
  const [chosen, setChosen] = useState<Chosen | Failure>();
  const [read, setRead] = useState<{ count: number; total: number }>();
  const [reason, setReason] = useState('');
  const [tally, setTally] = useState<Tally>();
  const [isBusy, setBusy] = useState(false);

  // The dialog is made when it is opened: what was chosen then is what it is about.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const stop = new AbortController();
    void collect(stop.signal, (count, total) => setRead({ count, total })).then((chosen) => !stop.signal.aborted && setChosen(chosen));
    return () => stop.abort();
  }, []);

  const things = chosen && 'things' in chosen ? chosen.things : undefined;
  const send = async () => {
    if (!things) return;
    setBusy(true);
    setTally(NOTHING_YET);
    const said = reason.trim() || undefined;
    setTally(await changeMany({ document, things, variables: (ids, commandId) => variables({ ids, commandId, reason: said }), progress: setTally }));
    setBusy(false);
  };
  const isOver = tally !== undefined && !isBusy;
  const leave = () => {
    if (isBusy) return;
    close();
    if (isOver) done();
  };

  return (
    <FormModal opened onClose={leave} title={title} size="lg" isLossy={!tally}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (things && things.length > 0 && isReady && !tally) void send();
        }}
      >
        <Gathered chosen={chosen} read={read} noun={noun} />
        {!tally && children}
        {!tally && (
          <Textarea
            label="Reason"
            description="It stays with each change, for whoever asks later."
            autosize
            minRows={1}
            maxRows={6}
            maxLength={LONGEST_REASON}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        {isBusy && things && <progress className={css.progress} value={answered(tally)} max={things.length} aria-label="Answered for" />}
        {tally && <Came tally={tally} isOver={isOver} noun={noun} shown={shown} />}
        <div className={css.buttons}>
          <Button onClick={leave} disabled={isBusy}>
            {isOver ? 'Close' : 'Leave it'}
          </Button>
          {!isOver && (
            <Button type="submit" variant="filled" color={isDangerous ? 'red' : 'blue'} loading={isBusy} disabled={!things || things.length === 0 || !isReady}>
              {things ? `${verb} ${plural(things.length, ...noun)}` : verb}
            </Button>
          )}
        </div>
      </form>
    </FormModal>
  );
}

interface GatheredProps {
  chosen: Chosen | Failure | undefined;
  read: { count: number; total: number } | undefined;
  noun: readonly [string, string];
}

/** Which ones it is about. */
function Gathered({ chosen, read, noun }: GatheredProps) {
  if (!chosen) {
    return (
      <div role="status" className="small">
        Looking which ones match{read ? `: ${read.count.toLocaleString('en')} of ${plural(read.total, ...noun)}` : ''}…
        {read && <progress className={css.progress} value={read.count} max={Math.max(1, read.total)} aria-label="Read" />}
      </div>
    );
  }
  if ('code' in chosen) return <Errors outcome={{ kind: 'failed', failure: chosen }} />;
  const { things, total } = chosen;
  if (total <= things.length) return null;
  return (
    <p className={css.line}>
      {plural(total, ...noun)} match; at most {things.length.toLocaleString('en')} are taken at once, the first ones. Narrow the filters to reach the others.
    </p>
  );
}

function answered(tally: Tally | undefined): number {
  return tally ? tally.done + tally.refusals.length : 0;
}

interface CameProps {
  tally: Tally;
  isOver: boolean;
  noun: readonly [string, string];
  shown: (thing: Thing) => ReactNode;
}

/** What came of it, thing by thing where it was not done. */
function Came({ tally: { done, refusals, unknown, unsent, failure }, isOver, noun, shown }: CameProps) {
  return (
    <div role="status" className="stack">
      <p className={css.line}>
        {isOver ? 'Done' : 'Done so far'}: {plural(done, ...noun)}.{refusals.length > 0 && ` Not done: ${plural(refusals.length, ...noun)}.`}
      </p>
      {refusals.length > 0 && (
        <ul className={css.errors}>
          {refusals.slice(0, LISTED).map(({ thing, errors }) => (
            <li key={thing.id}>
              {shown(thing)}: {errors.map(({ message }) => message).join(' ')} <span className={css.code}>{errors.map(({ code }) => code).join(' ')}</span>
            </li>
          ))}
          {refusals.length > LISTED && <li>and {plural(refusals.length - LISTED, ...noun)} more.</li>}
        </ul>
      )}
      {failure && (
        <p className={css.errors}>
          What became of {plural(unknown.length, ...noun)} is not known
          {unsent.length > 0 && `, and ${plural(unsent.length, ...noun)} after that were left as they are`}: {failure.message}{' '}
          <span className={css.code}>{failure.code}</span>
        </p>
      )}
    </div>
  );
}
