import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { UploadObserver } from './observer';

/** For CloudWatch: one JSON line for each photo, and figures in the embedded metric format. */
export function lambdaObserver(logger: Logger, metrics: Metrics): UploadObserver {
  return {
    processed({ upload, outcome, verdict, problem, milliseconds, steps, trace }) {
      // What lies elsewhere is a mistake in the notifications of some bucket, unless it is the folder's own marker.
      const level = outcome === 'refused' && !upload.key.endsWith('/') ? 'warn' : 'info';
      const line = { ...upload, outcome, verdict, problem, milliseconds: Math.round(milliseconds), steps, ...trace };
      logger[level]('upload processed', line);
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
    forgotten({ upload, trace }) {
      logger.info('dress taken out of its catalogue', { ...upload, ...trace });
    },
    failed({ upload, error, receives, last, trace }) {
      // The last time it goes to the dead-letter queue: this line is the reason, and what to send again.
      logger.error(last ? 'upload given up' : 'upload failed, will come again', {
        ...upload,
        receives,
        ...trace,
        error,
      });
      metrics.addMetric(last ? 'givenUp' : 'failed', MetricUnit.Count, 1);
    },
    returned({ messages, remainingMilliseconds }) {
      logger.warn('too little time left', { messages, remainingMilliseconds });
      metrics.addMetric('returned', MetricUnit.Count, messages);
    },
    unrecognised({ why, receives, last, trace }) {
      logger.error(last ? 'message given up' : 'message not understood', { why, receives, ...trace });
      metrics.addMetric('unrecognised', MetricUnit.Count, 1);
    },
    retryUnset({ error }) {
      logger.warn('a failed message comes again later than it should', { error });
    },
  };
}
