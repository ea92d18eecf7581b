// Whether the server refuses the documents that graphql-js refuses by the same schema, and takes the others: each of a table, and as many
// as are asked for of those that are made at random. Prints those on which the two differ, and how many are refused and taken.
// Every root is skipped, so that nothing is carried out.
import { readFileSync } from 'node:fs';
import {
  GraphQLError, buildSchema, getNamedType, getNullableType, isAbstractType, isEnumType, isInputObjectType, isLeafType, isListType, isNonNullType,
  isRequiredArgument, isRequiredInputField, parse, specifiedRules, validate,
} from 'graphql';

const [url, token, seed, count] = process.argv.slice(2);
const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

// Which literals the scalars of ours take, as their descriptions say.
const literals = (name, kinds) => {
  schema.getType(name).parseLiteral = (node) => (kinds.includes(node.kind) ? (node.value ?? null) : undefined);
};
for (const name of ['Date', 'DateTime', 'UUID']) literals(name, ['StringValue']);
for (const name of ['Position', 'ByteCount', 'Long']) literals(name, ['StringValue', 'IntValue']);

// mulberry32
let state = Number(seed);
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let next = Math.imul(state ^ (state >>> 15), 1 | state);
  next = (next + Math.imul(next ^ (next >>> 7), 61 | next)) ^ next;
  return ((next ^ (next >>> 14)) >>> 0) / 4294967296;
};
const below = (limit) => Math.floor(random() * limit);
const one = (list) => list[below(list.length)];
const happens = (chance) => random() < chance;

const table = [
  // Values of correct type.
  'query($b: Boolean!) { computers(filter: { onboarding: "NEEDS_ONBOARDING" }) @skip(if: $b) { totalCount } }',
  '{ computers(filter: { onboarding: NEEDS_ONBOARDING }) @skip(if: true) { totalCount } }',
  '{ computers(filter: 1) @skip(if: true) { totalCount } }',
  '{ computers(filter: [{ isOnline: true }]) @skip(if: true) { totalCount } }',
  '{ computers(filter: { isOnline: "true" }) @skip(if: true) { totalCount } }',
  '{ computers(filter: { isOnline: null }) @skip(if: true) { totalCount } }',
  '{ computers(filter: { nothing: 1 }) @skip(if: true) { totalCount } }',
  '{ computers(first: "1") @skip(if: true) { totalCount } }',
  '{ computers(first: 1.0) @skip(if: true) { totalCount } }',
  '{ computers(first: 2147483647) @skip(if: true) { totalCount } }',
  '{ computers(first: 2147483648) @skip(if: true) { totalCount } }',
  '{ computers(after: 1) @skip(if: true) { totalCount } }',
  '{ computers(after: X) @skip(if: true) { totalCount } }',
  '{ computers(asOf: { time: X }) @skip(if: true) { totalCount } }',
  '{ computers(asOf: { time: "x", position: "1" }) @skip(if: true) { totalCount } }',
  '{ computers(asOf: { position: null }) @skip(if: true) { totalCount } }',
  '{ computers(asOf: {}) @skip(if: true) { totalCount } }',
  'query($p: Position) { computers(asOf: { position: $p }) @skip(if: true) { totalCount } }',
  'query($p: Position!) { computers(asOf: { position: $p }) @skip(if: true) { totalCount } }',
  'query($p: Position!) { computers(asOf: { position: $p, time: null }) @skip(if: true) { totalCount } }',
  'query($p: Position = "1") { computers(asOf: { position: $p }) @skip(if: true) { totalCount } }',
  'query($o: OrderDirection = "DESC") { events(orderBy: { field: RECORDED_AT, direction: $o }) @skip(if: true) { totalCount } }',
  'query($f: Int = "1") { events(first: $f) @skip(if: true) { nodes { id } } }',
  '{ nodes(ids: "x") @skip(if: true) { id } }',
  '{ nodes(ids: 1) @skip(if: true) { id } }',
  '{ nodes(ids: [1, "x"]) @skip(if: true) { id } }',
  '{ nodes(ids: [null]) @skip(if: true) { id } }',
  '{ nodes(ids: 1.5) @skip(if: true) { id } }',
  '{ nodes(ids: true) @skip(if: true) { id } }',
  '{ viewer @skip(if: "true") { role } }',
  '{ viewer @skip(if: TRUE) { role } }',
  '{ __type(name: X) @skip(if: true) { name } }',
  '{ __type(name: "X") @skip(if: true) { fields(includeDeprecated: 1) { name } } }',
  'mutation { createTenant(input: { name: 1 }) @skip(if: true) { position } }',
  'mutation { createTenant(input: {}) @skip(if: true) { position } }',
  'mutation($n: String!, $x: UUID) { createTenant(input: { name: $n, options: { commandId: $x, more: 1 } }) @skip(if: true) { position } }',
  // Field selection merging.
  '{ server @skip(if: true) { a: position } server @skip(if: true) { a: version } }',
  '{ server @skip(if: true) { a: position } server @skip(if: true) { a: position } }',
  '{ server @skip(if: true) { a: position } ...F } fragment F on Query { server @skip(if: true) { a: version } }',
  '{ a: tenants(first: 1) @skip(if: true) { totalCount } a: tenants(first: 2) @skip(if: true) { totalCount } }',
  '{ tenants @skip(if: true) { nodes { x: computers(first: 1) { totalCount } } } tenants @skip(if: true) { nodes { x: computers(first: 2) { totalCount } } } }',
  '{ node(id: 1) @skip(if: true) { x: id ... on Tenant { x: name } } }',
  '{ node(id: 1) @skip(if: true) { x: id ... on Tenant { x: id } } }',
  '{ node(id: 1) @skip(if: true) { ... on Computer { x: name } ... on Tenant { x: name } } }',
  '{ node(id: 1) @skip(if: true) { ... on Tenant { x: computers { totalCount } } ... on Computer { x: name } } }',
  '{ node(id: 1) @skip(if: true) { ... on Tenant { x: computers { y: totalCount } } ... on Computer { x: sessions { y: pageInfo { hasNextPage } } } } }',
  '{ node(id: 1) @skip(if: true) { ... on Tenant { x: computers { y: totalCount } } ... on Computer { x: sessions { y: totalCount } } } }',
  '{ node(id: 1) @skip(if: true) { ... on Tenant { x: computers(first: 1) { totalCount } } ... on Computer { x: sessions(first: 2) { totalCount } } } }',
  '{ node(id: 1) @skip(if: true) { ... on Tenant { ... { x: computers(first: 1) { totalCount } } } ... on Computer { ... { x: sessions(first: 2) { totalCount } } } } }',
  '{ node(id: 1) @skip(if: true) { x: __typename ... on Tenant { x: id } } }',
  '{ __schema @skip(if: true) { a: types { name } } __schema @skip(if: true) { a: directives { name } } }',
  '{ __schema @skip(if: true) { a: types { name } } __schema @skip(if: true) { a: types { kind } } }',
  'query($a: Int, $b: Int) { tenants(first: $a) @skip(if: true) { totalCount } tenants(first: $b) @skip(if: true) { totalCount } }',
  'query($a: Int) { tenants(first: $a) @skip(if: true) { totalCount } tenants(first: $a) @skip(if: true) { totalCount } }',
];

// A value for a type, right or nearly so, with variables now and then.
const wrong = ['1', '1.5', '"x"', 'true', 'null', 'X', '[]', '{}', '[1]', '{ x: 1 }', '99999999999', '-1', '"""x"""', '["x"]', '[null]'];
const value = (type, chance, variables, depth = 0) => {
  if (variables && happens(0.12)) return variable(type, chance, variables);
  if (happens(chance)) return one(wrong);
  if (isNonNullType(type)) return value(type.ofType, chance, variables, depth);
  if (isListType(type)) {
    if (happens(0.2)) return value(getNullableType(type.ofType), chance, undefined, depth + 1);
    return `[${Array.from({ length: below(3) }, () => value(type.ofType, chance, variables, depth + 1))}]`;
  }
  if (isEnumType(type)) {
    const { name } = one(type.getValues());
    return happens(chance) ? `"${name}"` : name;
  }
  if (isInputObjectType(type)) {
    let fields = Object.values(type.getFields());
    if (type.isOneOf) fields = happens(chance) ? [one(fields), one(fields)] : [one(fields)];
    else fields = fields.filter((field) => (isRequiredInputField(field) ? !happens(chance) : depth < 3 && happens(0.2)));
    const given = new Map(fields.map((field) => [field.name, value(field.type, chance, variables, depth + 1)]));
    return `{ ${[...given].map(([name, given]) => `${name}: ${given}`).join(' ')} }`;
  }
  return { Int: '1', Float: one(['1', '1.5']), Boolean: 'true', ID: one(['1', '"x"']), JSON: one(wrong) }[type.name] ?? '"x"';
};

// A variable of the type that is wanted, or nearly so.
const variable = (wanted, chance, variables) => {
  const name = `$v${variables.length}`;
  const base = getNamedType(wanted);
  const type = happens(0.7)
    ? String(wanted)
    : one([getNullableType(wanted), `${getNullableType(wanted)}!`, base, `${base}!`, `[${base}!]`, `[${base}]`, 'Int', 'String!']);
  const fallback = !String(type).includes('[') && happens(0.3)
    ? ` = ${value(schema.getType(String(type).replace('!', '')), chance)}`
    : '';
  variables.push(`${name}: ${type}${fallback}`);
  return name;
};

// Inside a composite type: what must stand there at least.
const least = (type) => (isLeafType(getNamedType(type)) ? '' : '{ __typename }');

const withLiterals = () => {
  const [kind, root] = one([['query', schema.getQueryType()], ['mutation', schema.getMutationType()]]);
  const field = one(Object.values(root.getFields()).filter((field) => field.args.length));
  const chance = one([0, 0.02, 0.1]);
  const variables = [];
  const given = field.args
    .filter((argument) => isRequiredArgument(argument) || happens(0.5))
    .map((argument) => `${argument.name}: ${value(argument.type, chance, variables)}`);
  // Of two values of one member the later one stays: what only the other one named is not there.
  const used = variables.filter((declared) => new RegExp(`\\${declared.split(':')[0]}\\b`).test(given.join(' ')));
  const declared = used.length ? `(${used})` : '';
  const asked = given.length ? `(${given})` : '';
  return `${kind}${declared} { ${field.name}${asked} @skip(if: true) ${least(field.type)} }`;
};

// Few keys, and few fields of each type, so that they meet.
const withMerging = () => {
  const few = new Map();
  const fieldsOf = (type) => {
    if (!few.has(type.name)) {
      const all = Object.values(type.getFields?.() ?? {});
      few.set(type.name, all.length ? Array.from({ length: 3 }, () => one(all)) : []);
    }
    return few.get(type.name);
  };
  const fragments = [];
  const selections = (type, depth, root) => {
    const items = Array.from({ length: 1 + below(3) }, () => {
      if (!root && happens(0.25) && depth > 0) {
        const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
        const on = isAbstractType(type) ? one([...possible.slice(0, 3), type]) : type;
        const inner = selections(on, depth - 1);
        if (on === type && happens(0.3)) return `... ${one(['', '@include(if: true) '])}${inner}`;
        if (happens(0.5)) return `... on ${on.name} ${inner}`;
        fragments.push(`fragment F${fragments.length} on ${on.name} ${inner}`);
        return `...F${fragments.length - 1}`;
      }
      const fields = fieldsOf(type);
      const composite = fields.filter((field) => !isLeafType(getNamedType(field.type)));
      const field = depth > 0 && composite.length && happens(0.6) ? one(composite) : one(fields);
      const alias = happens(0.4) ? `${one(['a', 'b'])}: ` : '';
      const skip = root ? ' @skip(if: true)' : '';
      if (!field || (!isLeafType(getNamedType(field.type)) && depth <= 0)) return `${alias}__typename${skip}`;
      const args = field.args.filter((argument) => isRequiredArgument(argument) || (argument.name === 'first' && happens(0.3)));
      const asked = args.length ? `(${args.map(({ name, type }) => `${name}: ${name === 'first' ? one([1, 2]) : value(type, 0)}`)})` : '';
      const inner = isLeafType(getNamedType(field.type)) ? '' : ` ${selections(getNamedType(field.type), depth - 1)}`;
      return `${alias}${field.name}${asked}${skip}${inner}`;
    });
    return `{ ${items.join(' ')} }`;
  };
  const roots = selections(schema.getQueryType(), 4, true);
  return [roots, ...fragments].join(' ');
};

// graphql-js looks for a variable that may be null only in those inputs of one member that may be left out.
const oneMemberIsNeverNull = (context) => {
  const nullable = new Set();
  return {
    VariableDefinition: ({ variable, type }) => void (type.kind === 'NonNullType' || nullable.add(variable.name.value)),
    Variable: (node) => {
      const isOfOne = getNullableType(context.getParentInputType())?.isOneOf;
      if (isOfOne && nullable.has(node.name.value)) context.reportError(new GraphQLError(`$${node.name.value} may be null`));
    },
  };
};
const judged = (text) => validate(schema, parse(text), [...specifiedRules, oneMemberIsNeverNull], { maxErrors: 5 });
const asked = async (query) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { errors = [], data } = await answer.json();
  // What costs too much was found to be well before, and no variable has a value; and what a UUID is, graphql-js does not know, while
  // whoever counts what many things cost reads their input.
  const isOfDocument = ({ path, extensions, message }) =>
    !path && !extensions?.cost && !extensions?.depth && !message.endsWith(' has no value: send one') && !message.startsWith('Failed to parse "UUID"');
  return data ? [] : errors.filter(isOfDocument);
};

let [refused, taken] = [0, 0];
const documents = [...table];
for (let made = 0; made < Number(count); made += 1) documents.push(made % 2 ? withLiterals() : withMerging());
for (const text of documents) {
  const [wanted, got] = [judged(text), await asked(text)];
  if (wanted.length) refused += 1;
  else taken += 1;
  if (!wanted.length !== !got.length) {
    console.log(`${text}\n  graphql-js: ${wanted.map((error) => error.message)}\n  server: ${got.map((error) => error.message)}`);
  }
}
console.log(`refused ${refused}, taken ${taken}`);
