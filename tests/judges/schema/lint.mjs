// graphql-eslint over the schema, as strict as it can be; what it finds is a defect or is argued in lint/rules.mjs.
import { parser, rules as known } from '@graphql-eslint/eslint-plugin';
import { ESLint } from 'eslint';
import { broken } from './lint/broken.mjs';
import { argued, rules } from './lint/rules.mjs';
import { schema } from './schema.mjs';

// Otherwise the plugin keeps the first schema that it sees for all that come after it.
process.env.NODE_ENV = 'test';

const PLUGIN = '@graphql-eslint';

/** What the rules say of a schema: the rule, the name that it points at, and its words. */
async function found(text) {
  const eslint = new ESLint({
    overrideConfigFile: true,
    overrideConfig: {
      files: ['*.graphql'],
      plugins: { [PLUGIN]: { rules: known } },
      languageOptions: { parser, parserOptions: { graphQLConfig: { schema: text } } },
      rules: Object.fromEntries(Object.entries(rules).map(([rule, options]) => [`${PLUGIN}/${rule}`, options])),
    },
  });
  const [{ messages }] = await eslint.lintText(text, { filePath: 'schema.graphql' });
  const lines = text.split('\n');
  return messages.map(({ ruleId, message, line, column }) => ({
    rule: ruleId?.replace(`${PLUGIN}/`, '') ?? 'parser',
    name: lines[line - 1]?.slice(column - 1).match(/^\w+/)?.[0] ?? '',
    line,
    message: message.replaceAll('\n', ' '),
  }));
}

const problems = [];
for (const rule of Object.keys(rules)) {
  const seen = await found(broken[rule]);
  if (!seen.some((one) => one.rule === rule)) problems.push(`the rule ${rule} does not find what is broken for it in lint/broken.mjs`);
}

const all = await found(schema);
const unread = all.find(({ rule }) => rule === 'parser');
if (unread) {
  console.error(`schema.graphql: ${unread.message}`);
  process.exit(1);
}
const unused = new Set(argued.flatMap(([rule, names]) => names.map((name) => `${rule} ${name}`)));
for (const { rule, name, line, message } of all) {
  const exception = `${rule} ${name}`;
  if (argued.some(([of, names]) => of === rule && names.includes(name))) unused.delete(exception);
  else problems.push(`schema.graphql:${line}: ${message} (${exception}: correct it, or argue in lint/rules.mjs)`);
}
for (const exception of unused) problems.push(`nothing breaks ${exception} any more: take it out of lint/rules.mjs`);

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`graphql-eslint: ${Object.keys(rules).length} rules hold`);
