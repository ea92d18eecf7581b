// Scripts of the catalogue: what they are made of, and as they are written.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

export const scriptFragment = graphql(`
  fragment ScriptInFull on Script @_unmask { interpreter text timeoutSeconds digest }
`);

export type Script = ResultOf<typeof scriptFragment>;
export type Interpreter = Script['interpreter'];

export const INTERPRETERS: readonly { value: Interpreter; label: string }[] = [
  { value: 'SH', label: 'POSIX shell' },
  { value: 'BASH', label: 'Bash' },
  { value: 'PYTHON', label: 'Python 3' },
  { value: 'POWERSHELL', label: 'PowerShell' },
];

export function interpreterName(interpreter: Interpreter): string {
  return INTERPRETERS.find(({ value }) => value === interpreter)?.label ?? interpreter;
}

/** A script as it is being written; without a time limit it has the server's. */
export interface ScriptDraft {
  interpreter: Interpreter;
  text: string;
  timeoutSeconds: number | undefined;
}

export function draftOf(script: Script | null | undefined): ScriptDraft {
  return { interpreter: script?.interpreter ?? 'SH', text: script?.text ?? '', timeoutSeconds: script?.timeoutSeconds };
}

export const isWritten = ({ text }: ScriptDraft): boolean => text.trim() !== '';

/** Whether a draft says what is there already. */
export function isSame(draft: ScriptDraft, before: Script | undefined): boolean {
  return before !== undefined && draft.text === before.text && draft.interpreter === before.interpreter && draft.timeoutSeconds === before.timeoutSeconds;
}

/** A script to be put back; nothing if its text may not be read. */
export function asWritten({ interpreter, text, timeoutSeconds }: Script) {
  return text === null ? undefined : { interpreter, text, timeoutSeconds };
}
