// A script that a session tries: what it came to, its run with its output, and what was asked for.
import { useMemo } from 'react';
import { ScriptView } from '~/catalogue/script/ScriptView.tsx';
import { valueIn, valueWords } from '~/catalogue/task/parameter/value.ts';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Value } from '~/kit/json/Value.tsx';
import { useMoment } from '~/kit/live/moment.ts';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { capital, plural } from '~/kit/text/words.ts';
import css from './ActionList.module.css';
import { askedFields, MEANINGS } from './draft.ts';
import { Runs, runFields } from './Runs.tsx';
import { useOpenRuns } from './useOpenRuns.ts';

export const draftFields = graphql(
  `
  fragment DraftCard on ScriptDraft {
    ...AskedDraft
    reading { text isClear }
    run { uuid status exitCode outputBytes result { values { typeName json } valueCount errorCount } ...RunRow }
  }
`,
  [askedFields, runFields],
);

interface Props {
  draft: FragmentOf<typeof draftFields>;
  isOver: boolean;
}

export function DraftCard({ draft: masked, isOver }: Props) {
  const { meaning, script, parameters, reading, run } = readFragment(draftFields, masked);
  const isPast = useMoment() !== undefined;
  const result = reading === null ? 'PENDING' : reading.isClear ? 'SUCCESS' : 'FAILED';
  const runs = useMemo(() => (run ? [{ ...run, result }] : []), [run, result]);
  const [open, choose] = useOpenRuns(runs, isOver || isPast, true);
  const given = run?.result;
  return (
    <div className="stack">
      <section className="card stack" aria-label="What it came to">
        <div className="bar">
          <h2 className={css.item}>{capital(reading?.text ?? (isOver ? 'Nothing: it was over before it was read' : 'Not known yet'))}</h2>
          {reading && <Mark tone={reading.isClear ? 'good' : 'bad'}>{reading.isClear ? 'Clear' : 'Unclear'}</Mark>}
        </div>
        <Facts>
          <Fact name="Meant as">{MEANINGS[meaning].name}</Fact>
          {given && given.values.length > 0 && (
            <Fact name="Answered">
              {given.values.map(({ json, typeName }, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: they are told in their order, once
                <div key={place}>
                  <Value value={json} /> {typeName && <span className="small dimmed">{typeName}</span>}
                </div>
              ))}
              {given.valueCount > given.values.length && <span className="small dimmed">the last of {plural(given.valueCount, 'value')}</span>}
            </Fact>
          )}
          {given && given.errorCount > 0 && <Fact name="Wrote">{plural(given.errorCount, 'error')}</Fact>}
        </Facts>
        {run && <Runs runs={[run]} item="the draft" result={result} open={open} choose={choose} />}
      </section>
      <section className="card stack">
        <h2 className={css.item}>The script</h2>
        <ScriptView label="The script that is tried" script={script} />
        {parameters.length > 0 && (
          <Facts>
            {parameters.map(({ name, value }) => (
              <Fact key={name} name={name}>
                <span className="mono break">{valueWords(valueIn(value))}</span>
              </Fact>
            ))}
          </Facts>
        )}
      </section>
    </div>
  );
}
