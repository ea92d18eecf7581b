import { expect, test } from 'vitest';
import { isPlain, linuxCommands } from './commands.ts';

test('the secret is on no command line', () => {
  const lines = linuxCommands('https://upkeep.example', 'upe_secret').split('\n');
  expect(lines.filter((line) => line.includes('upe_secret'))).toEqual(['upe_secret']);
});

test('over TLS nothing has to be allowed', () => {
  expect(linuxCommands('https://upkeep.example', 's')).not.toContain('--allow-plain-http');
});

test('plain HTTP to another machine has to be allowed, for enrolling and for running', () => {
  const commands = linuxCommands('http://upkeep.example:8080', 's');
  expect(commands).toContain('enrol --server http://upkeep.example:8080 --allow-plain-http');
  expect(commands).toContain('ExecStart=/usr/local/bin/upkeep-agent run --allow-plain-http');
});

test.each(['http://127.0.0.1:8080', 'http://localhost:8080', 'https://upkeep.example'])('%s is fine', (server) => {
  expect(isPlain(server)).toBe(false);
});
