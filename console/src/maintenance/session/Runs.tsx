import { Button } from '@mantine/core';
import { Fragment } from 'react';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { size } from '~/kit/text/size.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { Took } from '~/kit/time/Took.tsx';
import { duration } from '~/kit/time/words.ts';
import { lookedWords } from './looked.ts';
import { NO_RUN } from './openRuns.ts';
import { RunOutput } from './RunOutput.tsx';
import css from './Runs.module.css';
import { endOfRun, purposeOf, toneOfRun } from './words.ts';

export const runFields = graphql(`
  fragment RunRow on ScriptRun {
    id uuid purpose version status exitCode remark outputBytes isTruncated requestedAt startedAt endedAt durationMs
    result { programCount programs { name version } }
  }
`);

interface Props {
  runs: readonly FragmentOf<typeof runFields>[];
  item: string;
  /** How their action ended. */
  result: string;
  open: ReadonlySet<string>;
  choose: (run: string) => void;
}

export function Runs({ runs: masked, item, result, open, choose }: Props) {
  const runs = readFragment(runFields, masked);
  return (
    <table className={`rows ${css.runs}`} aria-label={`Scripts that were run for ${item}`}>
      <thead>
        <tr>
          <th scope="col">Script</th>
          <th scope="col">Outcome</th>
          <th scope="col">Took</th>
          <th scope="col">Output</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => {
          const { id, uuid, purpose, version, status, exitCode, requestedAt, startedAt, durationMs, remark } = run;
          const looked = lookedWords(run.result);
          const isOpen = open.has(uuid);
          const name = `${purposeOf(purpose)}${version ? ` ${version}` : ''}`;
          return (
            <Fragment key={uuid}>
              <tr>
                <th scope="row">{name}</th>
                <td>{looked ?? <Mark tone={toneOfRun(status, exitCode, result)}>{endOfRun(status, exitCode)}</Mark>}</td>
                <td>
                  {durationMs === null ? <Took from={startedAt} to={null} /> : duration(Number(durationMs))}{' '}
                  <span className={`small dimmed ${css.asked}`}>
                    asked for <Moment at={requestedAt} />
                  </span>
                </td>
                <td>
                  <Button
                    size="compact-xs"
                    onClick={() => choose(isOpen ? NO_RUN : uuid)}
                    aria-expanded={isOpen}
                    aria-label={isOpen ? `Hide the output of ${name}` : `${sizeOf(run)}: show the output of ${name}`}
                  >
                    {isOpen ? 'Hide' : sizeOf(run)}
                  </Button>
                </td>
              </tr>
              {(isOpen || remark) && (
                <tr>
                  <td colSpan={4} className={css.open}>
                    {remark && <p className="small">{remark}</p>}
                    {isOpen && <RunOutput key={id} id={id} name={name} isTruncated={run.isTruncated === true} />}
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

function sizeOf({ outputBytes }: { outputBytes: string | number | null }): string {
  return outputBytes === null ? 'Show' : size(Number(outputBytes));
}
