// What one script wrote: as it comes while it runs, from the first piece that is kept. Short output is only in the tails that the agent sends
// with the end; there standard error is told apart, in the stream the two are one.
import { useEffect, useRef, useState } from 'react';
import type { Failure } from '~/kit/api/failure.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { Copy } from '~/kit/copy/Copy.tsx';
import { useMoment } from '~/kit/live/moment.ts';
import { subscribe } from '~/kit/live/subscribe.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Output, OutputText } from '~/kit/output/Output.tsx';
import { OutputLines } from '~/kit/output/OutputLines.ts';
import { PageBody } from '~/kit/state/PageBody.tsx';
import css from './RunOutput.module.css';

const outputSubscription = graphql(`
  subscription ScriptOutput($runId: ID!, $fromIndex: Int) { scriptOutput(runId: $runId, fromIndex: $fromIndex) { index text } }
`);

const tailsQuery = graphql(`
  query RunTails($id: ID!) { node(id: $id) { ... on ScriptRun { status stdoutTail stderrTail outputSha256 } } }
`);

interface Props {
  /** The run's global id: of a past moment it names that moment. */
  id: string;
  name: string;
  isTruncated: boolean;
}

export function RunOutput({ id, name, isTruncated }: Props) {
  const isPast = useMoment() !== undefined;
  const page = usePage(tailsQuery, { id }, { concerns: ['MAINTENANCE_SESSION'] });
  const { lines, hasPieces, failure } = useOutput(id, isPast);
  return (
    <PageBody page={page}>
      {({ node }) => {
        const run = node && 'status' in node ? node : undefined;
        const { stdoutTail, stderrTail } = run ?? {};
        const isRunning = run?.status === 'STARTED' || run?.status === 'REQUESTED';
        return (
          <div className="stack">
            {hasPieces ? (
              <Output lines={lines} label={`Output of ${name}`}>
                <Copy text={() => lines.text()} size="compact-xs">
                  Copy
                </Copy>
              </Output>
            ) : (
              stdoutTail && <OutputText text={stdoutTail} label={`Standard output of ${name}`} />
            )}
            {stderrTail && (
              <div>
                <h3 className={css.title}>Standard error{hasPieces ? ', its end once more' : ''}</h3>
                <OutputText text={stderrTail} label={`Standard error of ${name}`} isError />
              </div>
            )}
            {!hasPieces && !stdoutTail && !stderrTail && <p className="small dimmed">{isRunning ? 'It has written nothing yet.' : 'It wrote nothing.'}</p>}
            {isPast && <p className="small dimmed">Of a past moment only the last 4 KiB are shown; go to now for the rest.</p>}
            {isTruncated && <p className="small">Truncated: it wrote more than is kept. What is kept is at most 16 MiB.</p>}
            {failure && (
              <p className="small" role="status">
                {failure.message} <span className="mono">{failure.code}</span>
              </p>
            )}
          </div>
        );
      }}
    </PageBody>
  );
}

/** The pieces as they come, for as long as they are looked at. */
function useOutput(id: string, isPast: boolean) {
  const [lines] = useState(() => new OutputLines());
  const next = useRef(0);
  const [hasPieces, setPieces] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    if (isPast) return undefined;
    return subscribe(outputSubscription, () => ({ runId: id, fromIndex: next.current }), {
      next: ({ scriptOutput: { index, text } }) => {
        if (index < next.current) return;
        next.current = index + 1;
        lines.write(text);
        setPieces(true);
      },
      over: () => setFailure(undefined),
      away: setFailure,
    });
  }, [id, isPast, lines]);
  return { lines, hasPieces, failure };
}
