// What can be written at a place in an expression.
import { type Fact, type Facts, isFunction, isMethod, isOperator, operationsOf, wordOf } from './schema.ts';

export interface Offer {
  label: string;
  /** What is written; the label if not given. */
  apply?: string;
  kind: 'fact' | 'value' | 'function' | 'method' | 'operator' | 'word';
  /** Its type or its form, beside the label. */
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
export function offersAt(facts: Facts, text: string, position: number, isAsked: boolean): Offers | undefined {
  const before = text.slice(0, position);
  const factOf = (path: string | undefined) => facts.find((fact) => fact.path === path);
  const value = /([a-z]+\.[A-Za-z]+)\s*[!=]=\s*"(\w*)$/.exec(before);
  if (value) return values(factOf(value[1]), position - (value[2]?.length ?? 0));
  if (isInText(before)) return undefined;
  const method = /([a-z]+\.[A-Za-z]+)\.(\w*)$/.exec(before);
  if (method) return methods(factOf(method[1]), position - (method[2]?.length ?? 0));
  const operator = isAsked ? /([a-z]+\.[A-Za-z]+)\s+$/.exec(before) : null;
  if (operator) return operators(factOf(operator[1]), position);
  const word = /[A-Za-z][\w.]*$/.exec(before)?.[0] ?? '';
  return word || isAsked ? { from: position - word.length, options: [...facts.map(offerOf), ...calls(facts), ...WORDS] } : undefined;
}

function calls(facts: Facts): Offer[] {
  return operationsOf(facts, isFunction).map((operation) => {
    const word = wordOf(operation);
    return { label: word, apply: `${word}(`, kind: 'function', detail: '(…)', means: operation.description };
  });
}

function offerOf({ path, typeName, description }: Fact): Offer {
  return { label: path, kind: 'fact', detail: typeName, means: description };
}

function values(fact: Fact | undefined, from: number): Offers | undefined {
  if (!fact || fact.values.length === 0) return undefined;
  return { from, options: fact.values.map((label) => ({ label, kind: 'value' })) };
}

function methods(fact: Fact | undefined, from: number): Offers | undefined {
  const found = fact?.operations.filter(isMethod) ?? [];
  if (found.length === 0) return undefined;
  const options = found.map((operation): Offer => {
    const word = wordOf(operation);
    return { label: word, apply: `${word}("`, kind: 'method', detail: '("…")', means: operation.description };
  });
  return { from, options };
}

function operators(fact: Fact | undefined, from: number): Offers | undefined {
  const found = fact?.operations.filter(isOperator) ?? [];
  if (found.length === 0) return undefined;
  const options = found.map(
    ({ name, description, example }): Offer => ({ label: name, apply: `${name} `, kind: 'operator', detail: example, means: description }),
  );
  return { from, options };
}

/** Whether a text between quotes is open. */
function isInText(before: string): boolean {
  return (before.replaceAll(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1;
}
