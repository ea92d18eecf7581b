// What a filter expression can speak of, as the server tells it.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';

const schemaQuery = graphql(`
  query ExpressionSchema {
    expressionSchema {
      facts { path typeName values description operations { name form description example } }
    }
    server { limits { maxExpressionBytes } }
  }
`);

export type Fact = NonNullable<ResultOf<typeof schemaQuery>['expressionSchema']>['facts'][number];
export type Operation = Fact['operations'][number];
export type Facts = readonly Fact[];

export interface Spoken {
  facts: Facts;
  /** The longest expression that is taken, in bytes; nothing before it is known. */
  longest: number | undefined;
}

const NONE: Facts = [];

/** It is the same until another server is there. */
export function useSpoken(): Spoken {
  const { data } = usePage(schemaQuery, {}, { concerns: NOTHING });
  const longest = data?.server?.limits.maxExpressionBytes;
  return { facts: data?.expressionSchema?.facts ?? NONE, longest: longest === undefined ? undefined : Number(longest) };
}

const NOTHING: readonly string[] = [];

/** `has(FACT)`: what stands before a fact and takes it. */
export const isFunction = ({ name, form }: Operation): boolean => name !== '' && form.startsWith(name.replace(')', ''));

/** `FACT.startsWith(VALUE)`: what follows a fact. */
export const isMethod = ({ form }: Operation): boolean => form.startsWith('FACT.');

/** `FACT == VALUE`: what stands between a fact and a value. */
export const isOperator = ({ name, form }: Operation): boolean => name !== '' && form.startsWith(`FACT ${name}`);

/** As it is written, without what it takes. */
export const wordOf = ({ name }: Operation): string => name.replace('()', '');

/** Each operation of any fact once. */
export function operationsOf(facts: Facts, isOne: (operation: Operation) => boolean): Operation[] {
  const found = new Map<string, Operation>();
  for (const operation of facts.flatMap(({ operations }) => operations)) if (isOne(operation)) found.set(operation.name, operation);
  return [...found.values()];
}
