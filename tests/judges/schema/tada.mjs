// gql.tada over the programs in tada/: tsc reads the types of their documents out of the documents and the schema.
import { mustRun } from './run.mjs';
import { generated } from './schema.mjs';

generated('tada');
mustRun('gql.tada', ['generate-output'], 'tada');
mustRun('gql.tada', ['check', '--fail-on-warn'], 'tada');
mustRun('tsc', ['--project', '.'], 'tada');
console.log('gql.tada: masked fragments, scalars, optional members and @oneOf have their types');
