import { beforeEach, expect, test, vi } from 'vitest';
import { LONGEST_LINE, split, visible } from './lines.ts';
import { KEPT_LINES, OutputLines } from './OutputLines.ts';

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (told: () => void) => {
    told();
    return 0;
  });
});

test('what controls a terminal or turns text around is shown, not done', () => {
  expect(visible('\u001b[2Jgone\u0007')).toBe('⟨ESC⟩[2Jgone⟨BEL⟩');
  expect(visible('safe\u202egpj.exe')).toBe('safe⟨U+202E⟩gpj.exe');
  expect(visible('a\tb')).toBe('a\tb');
});

test('colours are left out, and what they hid is shown', () => {
  expect(visible('\u001b[1;31mred\u001b[0m and \u001b[8mhidden\u001b[m')).toBe('red and hidden');
});

test('lines end with LF or CRLF; a lone carriage return is shown', () => {
  expect(split('one\r\ntwo\n10%\r20%\nthr')).toEqual({ lines: ['one', 'two', '10%⟨CR⟩20%'], rest: 'thr' });
});

test('a line without end goes on in the next row', () => {
  const { lines, rest } = split('x'.repeat(LONGEST_LINE * 2 + 5));
  expect([lines.length, rest.length]).toEqual([2, 5]);
  expect(split(`${'x'.repeat(LONGEST_LINE + 1)}\n`).lines.map(({ length }) => length)).toEqual([LONGEST_LINE, 1]);
});

test('a line that comes in pieces is one line', () => {
  const output = new OutputLines();
  output.write('hel');
  expect([output.count, output.at(0)]).toEqual([1, 'hel']);
  output.write('lo\nworld');
  expect(output.text()).toBe('hello\nworld');
});

test('the last lines are kept, and how many came before them is known', () => {
  const output = new OutputLines();
  for (let line = 0; line < KEPT_LINES + 5; line += 1) output.write(`${line}\n`);
  expect([output.count, output.dropped, output.at(0), output.at(KEPT_LINES - 1)]).toEqual([KEPT_LINES, 5, '5', String(KEPT_LINES + 4)]);
});
