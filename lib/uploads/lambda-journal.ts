import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Journal } from './consume';

/** A journal for CloudWatch: one JSON line for each photo, and figures in the embedded metric format. */
export function lambdaJournal(logger: Logger, metrics: Metrics): Journal {
  return {
    settled({ arrival, outcome, verdict, problem, milliseconds, steps, trace }) {
      const line = { ...arrival, outcome, verdict, problem, milliseconds: Math.round(milliseconds), steps, ...trace };
      logger.info('upload settled', line);
      // One figure set for each photo: values of one name in one set would otherwise lose their verdict.
      const photo = metrics.singleMetric();
      photo.addDimension('outcome', outcome);
      photo.addMetric('photos', MetricUnit.Count, 1);
      if (outcome !== 'done') return;
      const byVerdict = metrics.singleMetric();
      byVerdict.addDimension('verdict', verdict ?? 'none');
      byVerdict.addMetric('verdicts', MetricUnit.Count, 1);
      metrics.addMetric('total', MetricUnit.Milliseconds, milliseconds);
      for (const [step, took] of Object.entries(steps)) metrics.addMetric(step, MetricUnit.Milliseconds, took);
    },
    faulted({ arrival, error, receives, last, trace }) {
      // The last time it goes to the dead-letter queue: this line is the reason, and what to send again.
      logger.error(last ? 'upload given up' : 'upload failed, will come again', {
        ...arrival,
        receives,
        ...trace,
        error,
      });
      metrics.addMetric(last ? 'givenUp' : 'faults', MetricUnit.Count, 1);
    },
    handedBack({ messages, remainingMilliseconds }) {
      logger.warn('too little time left', { messages, remainingMilliseconds });
      metrics.addMetric('handedBack', MetricUnit.Count, messages);
    },
    foreign({ why, trace }) {
      logger.warn('message ignored', { why, ...trace });
      metrics.addMetric('foreign', MetricUnit.Count, 1);
    },
  };
}
