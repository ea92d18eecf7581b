// relay-compiler over the programs in relay/, and tsc over them with what it makes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from './run.mjs';
import { generated, schema } from './schema.mjs';

generated('relay');
mustRun('relay-compiler', [], 'relay');
mustRun('tsc', ['--project', '.'], 'relay');

// It must see that nothing can be read again by its id where `node` wants more than that.
const broken = generated('relay-broken');
generated('relay-broken/artifacts');
const config = JSON.parse(readFileSync(join(import.meta.dirname, 'relay/relay.config.json'), 'utf8'));
const elsewhere = { ...config, src: '../../relay', schema: './schema.graphql', artifactDirectory: './artifacts' };
writeFileSync(join(broken, 'relay.config.json'), JSON.stringify(elsewhere));
writeFileSync(join(broken, 'schema.graphql'), schema.replace(/^\tnode\(\n/m, '$&\t\tasOf: AsOfInput\n'));
const { succeeded, said } = run('relay-compiler', [], 'generated/relay-broken');
if (succeeded || !said.includes('@refetchable')) {
  console.error(`relay-compiler does not see that node has one argument too many:\n${said}`);
  process.exit(1);
}
console.log('relay-compiler: connections, refetching, mutations and subscriptions compile');
