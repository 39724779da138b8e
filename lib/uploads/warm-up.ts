import { z } from 'zod';

/** As the usual plugins for `serverless` call, `lambda-warmer`, and schedules of EventBridge, the old kind and the new. */
const warmUp = z.union([
  z.object({ source: z.enum(['serverless-plugin-warmup', 'serverless-plugin-lambda-warmup']) }),
  z.object({ warmer: z.literal(true) }),
  z.object({ source: z.enum(['aws.events', 'aws.scheduler']), 'detail-type': z.literal('Scheduled Event') }),
]);

/** Whether a function was called for nothing but to be kept warm. */
export function isWarmUp(event: unknown): boolean {
  return warmUp.safeParse(event).success;
}
