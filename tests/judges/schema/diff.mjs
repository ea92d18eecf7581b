// graphql-inspector: what clients of the last released schema would stumble over in this one. released.graphql is the schema as clients may
// depend on it, and what is there stays; who releases copies schema.graphql over it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';
import { schema } from './schema.mjs';

/** Changes that the tool calls dangerous and that we make nevertheless, with the reason. */
const ALLOWED = {
  ENUM_VALUE_ADDED: 'enums may grow, and clients are told so',
  FIELD_ARGUMENT_ADDED: 'what may be left out changes nothing for whoever leaves it out',
  INPUT_FIELD_ADDED: 'what may be left out changes nothing for whoever leaves it out',
  OBJECT_TYPE_INTERFACE_ADDED: 'an interface is a further way to ask, and takes none away',
};

/** What may not be released. */
async function forbidden(before, after) {
  const changes = await diff(buildSchema(before), buildSchema(after));
  return changes.filter(
    ({ type, criticality: { level } }) =>
      level === CriticalityLevel.Breaking || (level === CriticalityLevel.Dangerous && !(type in ALLOWED)),
  );
}

/** A copy of the schema with this text for that one. */
function changed(from, to) {
  if (!from.test(schema)) throw new Error(`the schema has nothing like ${from}: change diff.mjs`);
  return schema.replace(from, to);
}

// What finds nothing here would find nothing anywhere.
const enumValue = /^enum Role \{\n/m;
for (const [what, before, after, count] of [
  ['nothing', schema, schema, 0],
  ['a field that is gone', changed(/^type Tenant implements Node \{\n/m, '$&\tgone: Int\n'), schema, 1],
  ['an enum value that is gone', changed(enumValue, '$&\tGONE\n'), schema, 1],
  ['an argument that must be given', schema, changed(/^\tnode\(\n/m, '$&\t\tmore: Int!\n'), 1],
  ['an enum value that is new', schema, changed(enumValue, '$&\tNEW\n'), 0],
  ['an argument that may be left out', schema, changed(/^\tnode\(\n/m, '$&\t\tmore: Int\n'), 0],
]) {
  const found = await forbidden(before, after);
  if (found.length !== count) {
    console.error(`graphql-inspector does not see ${what}: ${JSON.stringify(found)}`);
    process.exit(1);
  }
}

const released = join(import.meta.dirname, 'released.graphql');
if (!existsSync(released)) {
  console.log('graphql-inspector: nothing is released yet, so there is nothing to compare with');
} else {
  const found = await forbidden(readFileSync(released, 'utf8'), schema);
  for (const { criticality, message, path } of found) console.error(`${criticality.level} ${path}: ${message}`);
  if (found.length > 0) {
    console.error('clients of released.graphql would break: keep what is there, deprecate it, and add the new beside it');
    process.exit(1);
  }
  console.log('graphql-inspector: clients of the last release find all that they knew');
}
