// Scripts of the catalogue: what they are made of, and as they are written.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

export const scriptFragment = graphql(`
  fragment ScriptOfSoftware on Script @_unmask { interpreter text timeoutSeconds digest }
`);

/** A script with what it is for, of a software or of one of its versions. */
export const roleScriptFragment = graphql(
  `
    fragment RoleScript on SoftwareScript @_unmask { role isInherited script { ...ScriptOfSoftware } }
  `,
  [scriptFragment],
);

export type RoleScript = ResultOf<typeof roleScriptFragment>;
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
