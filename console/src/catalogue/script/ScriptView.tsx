import { lazy, Suspense } from 'react';
import css from './script.module.css';
import { interpreterName, type Script } from './script.ts';

const ScriptCode = lazy(() => import('./ScriptCode.tsx'));

interface Props {
  label: string;
  script: Script;
  /** The same script of another version, to be compared with. */
  before?: Script | null | undefined;
}

/** A script; readable at once, in colours when they are there. */
export function ScriptView({ label, script, before }: Props) {
  const { interpreter, text, timeoutSeconds, digest } = script;
  return (
    <div className="stack">
      <p className={css.about}>
        {interpreterName(interpreter)}, at most {timeoutSeconds.toLocaleString('en')} s, <span className="mono">{digest.slice(0, 12)}</span>
      </p>
      {text === null ? (
        <p className="dimmed">Your role may not read the texts of scripts.</p>
      ) : (
        <Suspense fallback={<pre className={css.plain}>{text}</pre>}>
          <ScriptCode label={label} interpreter={interpreter} text={text} before={before?.text ?? undefined} />
        </Suspense>
      )}
    </div>
  );
}
