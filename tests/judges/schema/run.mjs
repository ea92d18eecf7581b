// Runs a tool that is installed here.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Far more than any of the tools takes. */
const PATIENCE_MS = 120_000;

/** Whether it succeeded, and what it said. */
export function run(tool, args, folder) {
  const program = join(import.meta.dirname, 'node_modules/.bin', tool);
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: join(import.meta.dirname, folder),
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  return { succeeded: status === 0, said: `${stdout ?? ''}${stderr ?? ''}${error ?? ''}`.trim() };
}

/** Ends the program unless the tool succeeded. */
export function mustRun(tool, args, folder) {
  const { succeeded, said } = run(tool, args, folder);
  if (succeeded) return;
  console.error(`${tool} ${args.join(' ')} in ${folder}:\n${said}`);
  process.exit(1);
}
