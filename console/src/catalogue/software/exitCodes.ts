// Exit codes that mean success, as they are written.

export interface ExitCodes {
  success: readonly number[];
  reboot: readonly number[];
}

/** As the fields hold them: each code as it was typed. */
export interface CodesDraft {
  success: string[];
  reboot: string[];
}

/** What Windows Installer, and most installers of Windows, end with when all is well but a restart. */
export const PRESETS: readonly { code: string; means: string }[] = [
  { code: '3010', means: 'a restart is needed' },
  { code: '1641', means: 'a restart was begun' },
];

const SMALLEST = -(2 ** 31);
const GREATEST = 2 ** 31 - 1;

export const draftOfCodes = ({ success, reboot }: ExitCodes): CodesDraft => ({ success: success.map(String), reboot: reboot.map(String) });

/** Each code once, also of several that were typed or pasted together. */
export function apart(codes: readonly string[]): string[] {
  return [...new Set(codes.flatMap((code) => code.split(/[\s,;]+/)).filter((code) => code !== ''))];
}

/** What is wrong with the codes of one field. */
export function wrongOf(codes: readonly string[]): string | undefined {
  const wrong = codes.find((code) => codeOf(code) === undefined);
  return wrong === undefined ? undefined : `${wrong} is no exit code: it is a whole number from −2,147,483,648 to 2,147,483,647.`;
}

/** What the fields say; nothing while that is wrong, or is what is there already. */
export function codesOf(draft: CodesDraft, before: ExitCodes): ExitCodes | undefined {
  const success = numbers(draft.success);
  const reboot = numbers(draft.reboot);
  if (!success || !reboot) return undefined;
  return same(success, before.success) && same(reboot, before.reboot) ? undefined : { success, reboot };
}

/** "0, 1; 3010 with a restart". */
export function codesText({ success, reboot }: ExitCodes): string {
  const well = [0, ...success].join(', ');
  return reboot.length === 0 ? well : `${well}; ${reboot.join(', ')} with a restart`;
}

function codeOf(text: string): number | undefined {
  const code = Number(text);
  return /^-?\d+$/.test(text.trim()) && code >= SMALLEST && code <= GREATEST ? code : undefined;
}

function numbers(texts: readonly string[]): number[] | undefined {
  const codes = texts.flatMap((text) => codeOf(text) ?? []);
  return codes.length === texts.length ? [...new Set(codes)].sort((one, other) => one - other) : undefined;
}

function same(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((code) => others.includes(code));
}
