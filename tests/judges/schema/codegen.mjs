// graphql-codegen's client preset over the programs in codegen/, and tsc over them with what it makes.
import { mustRun } from './run.mjs';
import { generated } from './schema.mjs';

generated('codegen');
mustRun('graphql-codegen', ['--config', 'codegen.mjs'], 'codegen');
mustRun('tsc', ['--project', '.'], 'codegen');
console.log('graphql-codegen: masked fragments, scalars, optional members and @oneOf have their types');
