// What a task can be told, as it defines it (docs/parameters.md).
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { isEmpty, isSameValue, type Value, valueFragment, valueIn } from './value.ts';

export const parameterFragment = graphql(
  `
    fragment ParameterOfTask on TaskParameter {
      name label help kind
      maxChars pattern min max isWhole choices
      isRequired
      default { ...ValueOfParameter }
      shownWhen { parameter is { ...ValueOfParameter } }
    }
  `,
  [valueFragment],
);

/** When a parameter is shown, and no more of it: enough to say what waits. */
export const showingFragment = graphql(
  `
    fragment ShowingOfParameter on TaskParameter { name default { ...ValueOfParameter } shownWhen { parameter is { ...ValueOfParameter } } }
  `,
  [valueFragment],
);

type Read = ResultOf<typeof parameterFragment>;
export type ParameterKind = Read['kind'];

export interface Parameter extends Omit<Read, 'default' | 'shownWhen'> {
  /** What scripts are told where a deployment says nothing. */
  default: Value | undefined;
  shownWhen: { parameter: string; is: Value } | undefined;
}

/** Of a parameter, what decides whether it is shown. */
export type Showing = Pick<Parameter, 'name' | 'default' | 'shownWhen'>;

export function parametersIn(masked: readonly FragmentOf<typeof parameterFragment>[]): Parameter[] {
  return readFragment(parameterFragment, masked).map((read) => ({ ...read, ...showingOf(read) }));
}

export function showingIn(masked: readonly FragmentOf<typeof showingFragment>[]): Showing[] {
  return readFragment(showingFragment, masked).map(showingOf);
}

function showingOf({ name, default: usual, shownWhen }: Pick<Read, 'name' | 'default' | 'shownWhen'>): Showing {
  return {
    name,
    default: usual ? valueIn(usual) : undefined,
    shownWhen: shownWhen ? { parameter: shownWhen.parameter, is: valueIn(shownWhen.is) } : undefined,
  };
}

/** What people are shown for it. */
export const titleOf = ({ label, name }: Pick<Parameter, 'label' | 'name'>): string => label ?? name;

/** By their names. */
export type Values = ReadonlyMap<string, Value>;

/** Those that are shown where these values are told: a default counts as told, and what is not shown has no value. */
export function shownAmong<P extends Showing>(parameters: readonly P[], told: Values): P[] {
  const values = new Map<string, Value>();
  return parameters.filter((parameter) => {
    if (!holds(parameter, values)) return false;
    const value = told.get(parameter.name) ?? parameter.default;
    if (value) values.set(parameter.name, value);
    return true;
  });
}

/** Whether a parameter that stands before has the value that it is shown by; of several choices, that one among others. */
function holds({ shownWhen }: Showing, values: Values): boolean {
  if (!shownWhen) return true;
  const value = values.get(shownWhen.parameter);
  if (!value) return false;
  return 'choices' in value && 'text' in shownWhen.is ? value.choices.includes(shownWhen.is.text) : isSameValue(value, shownWhen.is);
}

/** Those of the shown ones that need a value and have none. */
export function lackingAmong(parameters: readonly Parameter[], told: Values): Parameter[] {
  return shownAmong(parameters, told).filter((parameter) => {
    const value = told.get(parameter.name) ?? parameter.default;
    return parameter.isRequired && (!value || isEmpty(value));
  });
}
