import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { abstentionReasonSchema } from '../../core/judging/verdict.ts';
import { type MetricName, metricUnits } from '../../core/ports.ts';
import { runOf } from '../functions/shard-fixture.ts';
import { alarmsIn, monitored, widgetsIn } from './monitored-stack.ts';

const namesIn = (template: Template) =>
  alarmsIn(template).map(({ AlarmName }) => AlarmName.replace('ratchet-desk-', ''));

const withBudget = { budget: { usd: 12 } };
let template: Template;
beforeAll(() => {
  template = monitored({ change: withBudget });
});

describe('the alarms of a loop', () => {
  test('tell the topic, and are quiet while there is nothing to measure', () => {
    for (const { AlarmName, AlarmActions, TreatMissingData } of alarmsIn(template)) {
      expect([AlarmName, AlarmActions, TreatMissingData]).toEqual([
        AlarmName,
        [{ Ref: expect.stringMatching(/^Topic/) }],
        'notBreaching',
      ]);
    }
  });

  test('look at ten metrics at most, which is all that CloudWatch allows', () => {
    for (const { AlarmName, Metrics = [] } of alarmsIn(template)) {
      const looksAt = Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;

      expect([AlarmName, looksAt <= 10]).toEqual([AlarmName, true]);
    }
  });

  test('say in the mail what has happened, and where the runbook says what to do', () => {
    for (const { AlarmName, AlarmDescription } of alarmsIn(template)) {
      const slug = AlarmName.replace('ratchet-desk-', '');

      expect(AlarmDescription).toMatch(new RegExp(`^[A-Z].+\\. What to do: docs/runbook\\.md#${slug}$`));
    }
  });

  test('watch the schedule only where there is one', () => {
    expect(namesIn(template)).toContain('schedule-start-failed');
    expect(namesIn(monitored({ scheduled: false }))).not.toContain('schedule-start-failed');
  });

  test('watch the spending of a day by the budget of a run, where there is one', () => {
    const spend = alarmsIn(template).find(({ AlarmName }) => AlarmName.endsWith('spend-above-budget'));

    expect(spend?.Threshold).toBe(12);
    expect(namesIn(monitored())).not.toContain('spend-above-budget');
  });

  test('give a run as long as its loop file gives its training jobs, and twelve hours a round', () => {
    const { trainer } = runOf().loop;
    const change = { rounds: 2, trainer: { ...trainer!, maximumHours: 6 } };
    const tooLong = alarmsIn(monitored({ change })).find(({ AlarmName }) => AlarmName.endsWith('run-takes-too-long'));

    expect(tooLong?.Threshold).toBe(2 * (6 + 12) * 3600);
  });

  test.each([
    ['before-training', 2 * (12 + 3.5 * 24) * 3600],
    ['never', 2 * 12 * 3600],
  ] as const)('give a run whose approval is %s the time that people have for their answers', (approval, seconds) => {
    const change = { rounds: 2, trainer: undefined, approval, approvalDays: 3.5 };
    const tooLong = alarmsIn(monitored({ change })).find(({ AlarmName }) => AlarmName.endsWith('run-takes-too-long'));

    expect(tooLong?.Threshold).toBe(seconds);
  });

  test('do not ring for a candidate that is not promoted: the gate does its work', () => {
    expect(JSON.stringify(alarmsIn(template))).not.toContain('Promotions');
  });
});

test('invocations that failed are counted for all functions by what Lambda says of them in the log', () => {
  template.hasResourceProperties('AWS::Logs::MetricFilter', {
    FilterPattern: '{ ($.type = "platform.report") && ($.record.status != "success") }',
  });
});

test('four queries are saved in a folder of the loop, over its log', () => {
  const saved = Object.values(template.findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) => Properties);

  expect(saved.map(({ Name }) => Name).toSorted()).toEqual([
    'Ratchet/desk/Errors',
    'Ratchet/desk/Slowest shards',
    'Ratchet/desk/Spend by step',
    'Ratchet/desk/Story of a run',
  ]);
  for (const { LogGroupNames } of saved) expect(LogGroupNames).toEqual([{ Ref: expect.stringMatching(/^Logs/) }]);
});

describe('the dashboard', () => {
  test('asks three questions, in that order', () => {
    const headings = widgetsIn(template).flatMap(
      ({ properties: { markdown } }) => markdown?.match(/^## (.+)/)?.[1] ?? [],
    );

    expect(headings).toEqual(['Is it getting better?', 'What does it cost?', 'What is stuck?']);
  });

  test('fills its rows, and no widget lies on another', () => {
    const widths = new Map<number, number>();
    for (const { y, width } of widgetsIn(template)) widths.set(y, (widths.get(y) ?? 0) + width);

    expect([...widths.values()]).toEqual([...widths.values()].map(() => 24));
  });

  test('has a title and a labelled axis that begins at 0 on every graph', () => {
    for (const { properties } of widgetsIn(template).filter(({ type }) => type === 'metric')) {
      expect(properties.title).toMatch(/^[A-Z]/);
      expect([properties.title, properties.yAxis?.left]).toEqual([
        properties.title,
        expect.objectContaining({ min: 0, label: expect.stringMatching(/./) }),
      ]);
    }
  });

  test('draws the line above which a candidate is better than the incumbent', () => {
    const winRate = widgetsIn(template).find(
      ({ properties }) => properties.title === 'Win rate of the latest candidate',
    );

    expect(winRate?.properties.annotations?.horizontal?.map(({ value }) => value)).toEqual([50]);
  });

  test('shows every reason for which the teacher abstains', () => {
    const drawn = widgetsIn(template).find(({ properties }) => properties.title?.startsWith('Abstentions'))!;
    const reasons = drawn.properties.metrics!.map((metric) => metric[metric.indexOf('reason') + 1]);

    expect(reasons.toSorted()).toEqual([...abstentionReasonSchema.options].toSorted());
  });

  test('draws, of what the functions tell, everything that the alarms do not watch alone', () => {
    const drawn = JSON.stringify(widgetsIn(template));
    const undrawn: readonly MetricName[] = ['ShardDuration', 'RoundDuration', 'RunsEnded'];

    for (const name of Object.keys(metricUnits) as MetricName[]) {
      expect([name, drawn.includes(`"${name}"`)]).toEqual([name, !undrawn.includes(name)]);
    }
  });
});
