// The API explains a change in one sentence: "left alone before, uninstalled after: the deployment for … does not apply: it is disabled".

/** The reason alone, where what was before and after is said beside it. */
export function reasonIn(explanation: string): string {
  return /^.+? before, .+? after: (.+)$/s.exec(explanation)?.[1] ?? explanation;
}

/** Whether the sentence names the deployment that wins after the change. */
export function isNamed(explanation: string, after: { targetText: string } | null): boolean {
  return after !== null && explanation.includes(` for ${after.targetText}`);
}
