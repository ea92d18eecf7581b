// The languages of scripts in colours. Only the editor's chunk may import this.
import { StreamLanguage } from '@codemirror/language';
import { powerShell } from '@codemirror/legacy-modes/mode/powershell';
import { python } from '@codemirror/legacy-modes/mode/python';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import type { Extension } from '@codemirror/state';
import type { Interpreter } from './script.ts';

export const LANGUAGES: Record<Interpreter, Extension> = {
  SH: StreamLanguage.define(shell),
  BASH: StreamLanguage.define(shell),
  PYTHON: StreamLanguage.define(python),
  POWERSHELL: StreamLanguage.define(powerShell),
};
