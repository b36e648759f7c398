import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { barDisplay } from '../../../bin/progress/bar-display.ts';
import { jsonDisplay, plainDisplay } from '../../../bin/progress/line-displays.ts';
import type { ProgressEvent } from '../../../core/ports.ts';
import { fakeTerminal } from './fake-terminal.ts';

const sampling = (done: number, shard = 0, of = 20): ProgressEvent => ({
  step: 'sample-responses',
  round: 1,
  shard,
  done,
  of,
  usd: done / 1000,
});
const training = (done: number, of = 1): ProgressEvent => ({ step: 'training', round: 1, shard: 0, done, of, usd: 0 });

function fakeClock() {
  let time = 0;
  return {
    now: () => time * 1000,
    pass: (seconds: number) => {
      time += seconds;
    },
  };
}

describe('plain lines', () => {
  function plain() {
    const clock = fakeClock();
    const lines: string[] = [];
    return { clock, lines, display: plainDisplay((line) => lines.push(line), clock.now) };
  }

  test('come when a step is complete, with count, rate, spend and time', () => {
    const { clock, lines, display } = plain();

    display.progress(sampling(0));
    clock.pass(4);
    display.progress(sampling(12));
    display.progress(sampling(20));

    expect(lines).toEqual(['round 1  Sample responses      20/20  5.0/s  $0.0200  4 s']);
  });

  test('come each ten seconds while it is not, with the time left', () => {
    const { clock, lines, display } = plain();

    display.progress(sampling(0));
    for (const done of [1, 2, 3, 4]) {
      clock.pass(5);
      display.progress(sampling(done));
    }

    expect(lines.map((line) => line.trim().split(/ {2,}/).slice(2))).toEqual([
      ['2/20', '0.2/s', '$0.0020', '1 min 30 s left'],
      ['4/20', '0.2/s', '$0.0040', '1 min 20 s left'],
    ]);
  });

  test('add up the shards of a step', () => {
    const { clock, lines, display } = plain();

    display.progress(sampling(0, 0));
    display.progress(sampling(0, 1));
    clock.pass(2);
    display.progress(sampling(10, 0));
    display.progress(sampling(10, 1));

    expect(lines).toEqual([expect.stringContaining('20/20   10/s  $0.0200  2 s')]);
  });

  test('say of a step that was complete before that it is already done, and no rate', () => {
    const { lines, display } = plain();

    display.progress(sampling(12, 0));
    display.progress(sampling(8, 1));

    expect(lines).toEqual(['round 1  Sample responses      20/20         $0.0200  already done']);
  });

  test('count no resumed work into the rate', () => {
    const { clock, lines, display } = plain();

    display.progress(sampling(10));
    clock.pass(5);
    display.progress(sampling(20));

    expect(lines[0]).toContain('20/20  2.0/s');
  });

  test('come once a step, however often it says that it is complete', () => {
    const { lines, display } = plain();

    for (const _ of [1, 2, 3]) display.progress(sampling(20));

    expect(lines).toHaveLength(1);
  });
});

describe('bars', () => {
  function bars(columns = 80) {
    const clock = fakeClock();
    const terminal = fakeTerminal(columns);
    const draws: (() => void)[] = [];
    const every = (_: number, draw: () => void) => {
      draws.push(draw);
      return () => void draws.splice(draws.indexOf(draw), 1);
    };
    const display = barDisplay(terminal, { now: clock.now, every });
    return {
      clock,
      terminal,
      display,
      frame: () => {
        for (const draw of draws) draw();
      },
      timers: () => draws.length,
    };
  }

  test('show count, rate, spend, time left and how full it is, within the width of the terminal', () => {
    const { clock, terminal, display, frame } = bars();

    display.progress(sampling(0));
    clock.pass(5);
    display.progress(sampling(10));
    frame();

    const line = terminal.screen().at(-1)!;
    expect(line).toMatch(/^ {2}· Sample responses {6}10\/20 {2}2\.0\/s {2}\$0\.0100 {2}5 s left {6}━+─+$/);
    expect(line.match(/━/g)).toHaveLength(line.match(/─/g)!.length);
    expect(line.length).toBeLessThan(80);
  });

  test('become a line with a tick when the step is complete, below a heading for the round', () => {
    const { clock, terminal, display, frame } = bars();

    display.progress(sampling(0));
    frame();
    clock.pass(2);
    display.progress(sampling(20));
    frame();

    expect(terminal.screen()).toEqual(['', 'Round 1', '  ✓ Sample responses      20/20   10/s  $0.0200  2 s']);
  });

  test('of a training without steps show the time, and move', () => {
    const { clock, terminal, display, frame } = bars();

    display.progress(training(0));
    clock.pass(12);
    frame();
    const before = terminal.screen().at(-1)!;
    clock.pass(1);
    frame();
    const after = terminal.screen().at(-1)!;

    expect(before).toMatch(/^ {2}· Train candidate +12 s +─*━━━─*$/);
    expect(after).toMatch(/^ {2}· Train candidate +13 s +─*━━━─*$/);
    expect(after.indexOf('━')).not.toBe(before.indexOf('━'));
  });

  test('of a training that tells its steps are filled like any other', () => {
    const { clock, terminal, display, frame } = bars();

    display.progress(training(0, 30));
    clock.pass(5);
    display.progress(training(15, 30));
    frame();

    expect(terminal.screen().at(-1)).toMatch(/15\/30 {2}3\.0\/s .* 5 s left +━+─+$/);
  });

  test('that are half drawn at the end become a line that says so, and the timer stops', () => {
    const { terminal, display, frame, timers } = bars();

    display.progress(sampling(3));
    frame();
    display.close();
    display.close();

    expect(terminal.screen()).toEqual(['', 'Round 1', '  ‖ Sample responses       3/20         $0.0030  stopped']);
    expect(timers()).toBe(0);
  });

  test('are redrawn by the timer alone, whatever the number of events', () => {
    const { terminal, display, frame } = bars();

    display.progress(sampling(1));
    const before = terminal.writes();
    for (let done = 2; done < 20; done++) display.progress(sampling(done));

    expect(terminal.writes()).toBe(before);
    frame();
    expect(terminal.writes()).toBe(before + 1);
  });

  test('stay below what is said meanwhile', () => {
    const { terminal, display, frame } = bars();

    display.progress(sampling(1));
    frame();
    display.say('  A word.');

    const [word, bar] = terminal.screen().slice(-2);
    expect(word).toBe('  A word.');
    expect(bar).toContain('1/20');
  });

  test('wipe away the ^C that a terminal echoes below them', () => {
    const { terminal, display, frame } = bars();

    display.progress(sampling(1));
    frame();
    terminal.write('^C');
    frame();

    expect(terminal.screen().join('\n')).not.toContain('^C');
  });

  test('never leave a torn line, in a terminal of any width', () => {
    const event = fc.record({
      step: fc.constantFrom('sample-responses', 'judge-responses', 'training'),
      round: fc.constant(1),
      shard: fc.nat(2),
      done: fc.nat(10),
      of: fc.constant(30),
      usd: fc.double({ min: 0, max: 1000, noNaN: true }),
    });
    const property = fc.property(
      fc.array(event, { maxLength: 30 }),
      fc.integer({ min: 20, max: 200 }),
      (events, columns) => {
        const { clock, terminal, display, frame } = bars(columns);
        for (const each of events) {
          display.progress(each);
          clock.pass(0.5);
          frame();
          const live = terminal.screen().filter((line) => line.includes('·'));
          expect(new Set(live.map((line) => line.slice(0, 22))).size).toBe(live.length);
          for (const line of live) expect(line.length).toBeLessThan(columns);
        }
        display.close();
        expect(terminal.screen().filter((line) => /[·━─]/.test(line))).toEqual([]);
      },
    );
    fc.assert(property, { numRuns: 100 });
  });
});

test('JSON is one object a line, and nothing that is said for people', () => {
  const lines: string[] = [];
  const display = jsonDisplay((line) => lines.push(line));

  display.say('A word.');
  display.state('Plan run');
  display.progress(sampling(3));
  display.close();

  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { event: 'state', state: 'Plan run' },
    { event: 'progress', ...sampling(3) },
  ]);
});
