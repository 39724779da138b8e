import { Hono } from 'hono';
import type { Jobs } from '../jobs/jobs';
import { pageRoutes } from '../page/pages';

export interface ServiceDependencies {
  readonly jobs: Jobs;
  readonly version: string;
  /** What `GET /v1/model` answers: an object for JSON. */
  readonly describeModel: () => Promise<Readonly<Record<string, unknown>>>;
  /** The OpenAPI document. */
  readonly description: Readonly<Record<string, unknown>>;
  /** The name of the model that answered, once it has proved itself. */
  readonly ready: () => Promise<string>;
}

/** How the service is, what it is made of, and its pages. */
export function serviceRoutes({ jobs, version, describeModel, description, ready }: ServiceDependencies): Hono {
  return new Hono()
    .get('/v1/health', (c) => c.json({ status: 'ok', version }))
    .get('/v1/ready', async (c) => c.json({ status: 'ready', model: await ready() }))
    .get('/v1/model', async (c) => c.json({ ...(await jobs.load()), ...(await describeModel()) }))
    .get('/v1/openapi.json', (c) => c.json(description))
    .route('/', pageRoutes());
}
