import {
  Color,
  GraphWidget,
  type GraphWidgetProps,
  type HorizontalAnnotation,
  LegendPosition,
  MathExpression,
  type Metric,
  type YAxisProps,
} from 'aws-cdk-lib/aws-cloudwatch';
import { day, idOf } from './loop-metrics.ts';

/** CloudWatch's grid is 24 wide; four graphs stand in a row. */
export const WIDTH = 6;
export const HEIGHT = 6;

export function graph(title: string, props: Omit<GraphWidgetProps, 'title' | 'width' | 'height'>): GraphWidget {
  return new GraphWidget({ title, width: WIDTH, height: HEIGHT, legendPosition: LegendPosition.BOTTOM, ...props });
}

export const percent: YAxisProps = { min: 0, max: 100, label: '%', showUnits: false };

export function axis(label: string): YAxisProps {
  return { min: 0, label, showUnits: false };
}

/** Where an alarm rings, or would. */
export function limit(value: number, label: string): HorizontalAnnotation {
  return { value, label, color: Color.RED };
}

interface Line {
  readonly label: string;
  readonly color?: string;
  /** Where one metric is drawn once for each step. */
  readonly id?: string;
}

/** What is measured now and then, and holds until it is measured again. */
export function holding(metric: Metric, line: Line): MathExpression {
  return filled(metric, 'REPEAT', line);
}

/** What adds up day by day. Without the days on which there is nothing, the others would be dots. */
export function adding(metric: Metric, line: Line): MathExpression {
  return filled(metric, '0', line);
}

function filled(metric: Metric, filling: string, { id = idOf(metric), ...line }: Line): MathExpression {
  return new MathExpression({
    expression: `FILL(${id}, ${filling})`,
    usingMetrics: { [id]: metric },
    period: day,
    ...line,
  });
}
