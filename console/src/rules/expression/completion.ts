// What can be written at a place in an expression.
import { FACTS, type Fact, FUNCTIONS, METHODS } from './facts.ts';

export interface Offer {
  label: string;
  /** What is written; the label if not given. */
  apply?: string;
  kind: 'fact' | 'value' | 'function' | 'method' | 'word';
  /** Its type, beside the label. */
  detail?: string;
  means?: string;
}

export interface Offers {
  /** Where what is replaced begins. */
  from: number;
  options: readonly Offer[];
}

const WORDS: readonly Offer[] = ['true', 'false', 'in'].map((label) => ({ label, kind: 'word' }));

/** `isAsked`: whether somebody asked, and did not only type. */
export function offersAt(text: string, position: number, isAsked: boolean): Offers | undefined {
  const before = text.slice(0, position);
  const value = /([a-z]+\.[A-Za-z]+)\s*[!=]=\s*"(\w*)$/.exec(before);
  if (value) return values(factOf(value[1]), position - (value[2]?.length ?? 0));
  if (isInText(before)) return undefined;
  const method = /([a-z]+\.[A-Za-z]+)\.(\w*)$/.exec(before);
  if (method) return methods(factOf(method[1]), position - (method[2]?.length ?? 0));
  const word = /[A-Za-z][\w.]*$/.exec(before)?.[0] ?? '';
  return word || isAsked ? { from: position - word.length, options: [...FACTS.map(offerOf), ...CALLS, ...WORDS] } : undefined;
}

const CALLS: readonly Offer[] = FUNCTIONS.map(({ name, means }) => ({ label: name, apply: `${name}(`, kind: 'function', detail: '(…)', means }));

function offerOf({ path, type, means }: Fact): Offer {
  return { label: path, kind: 'fact', detail: type, means };
}

function factOf(path: string | undefined): Fact | undefined {
  return FACTS.find((fact) => fact.path === path);
}

function values(fact: Fact | undefined, from: number): Offers | undefined {
  if (!fact?.values) return undefined;
  return { from, options: fact.values.map((label) => ({ label, kind: 'value' })) };
}

function methods(fact: Fact | undefined, from: number): Offers | undefined {
  if (fact?.type !== 'string') return undefined;
  return { from, options: METHODS.map(({ name, means }) => ({ label: name, apply: `${name}("`, kind: 'method', detail: '("…")', means })) };
}

/** Whether a text between quotes is open. */
function isInText(before: string): boolean {
  return (before.replaceAll(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1;
}
