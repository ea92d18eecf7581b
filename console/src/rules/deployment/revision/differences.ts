// What differs between two states of a deployment, in words.
import { sentence } from '~/kit/text/words.ts';

export interface Wording {
  target: { text: string };
  desired: { kind: string; version: string | null; text: string };
  enforcement: string;
  status: string;
  recommendation?: string | null;
}

export interface Difference {
  what: string;
  before: string;
  after: string;
}

export function differences(before: Wording, after: Wording): Difference[] {
  // Which version is the latest changes without anybody touching the deployment: that is no difference of it.
  const isSameState = before.desired.kind === after.desired.kind && before.desired.version === after.desired.version;
  const rows: (Difference | undefined)[] = [
    row('Target', before.target.text, after.target.text),
    isSameState ? undefined : row('State', before.desired.text, after.desired.text),
    row('Enforcement', sentence(before.enforcement), sentence(after.enforcement)),
    row('Status', sentence(before.status), sentence(after.status)),
    row('Recommendation', sentence(before.recommendation), sentence(after.recommendation)),
  ];
  return rows.filter((row) => row !== undefined);
}

function row(what: string, before: string, after: string): Difference | undefined {
  return before === after ? undefined : { what, before, after };
}
