import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { type RequestIdVariables, requestId } from 'hono/request-id';
import { asDresscutError, DresscutError } from '../errors';
import type { Tickets } from '../uploads/tickets';
import { type ApiKeys, apiKey, writingKey } from './middleware/api-key';
import { type DeadlineVariables, deadline } from './middleware/deadline';
import { asErrors, logEntry, offerUpload } from './middleware/errors';
import { commonHeaders, cors } from './middleware/headers';
import { limitConcurrency } from './middleware/limit-concurrency';
import { type HoldVariables, limitRequests } from './middleware/limit-requests';
import { openApi } from './openapi/document';
import { problemOf, problemResponse } from './problems';
import { removebgErrors } from './removebg/errors';
import { answerRemovebg } from './removebg/route';
import {
  answerDrop,
  answerGet,
  answerList,
  answerPut,
  answerRemove,
  answerSimilar,
  type CataloguesDependencies,
} from './routes/catalogues';
import { answerCutout, type CallContext, type CutoutsDependencies } from './routes/cutouts';
import { createReadiness } from './routes/readiness';
import { type ServiceDependencies, serviceRoutes } from './routes/service';
import { answerStatus, answerUpload } from './routes/uploads';

export interface HttpDependencies
  extends CutoutsDependencies,
    CataloguesDependencies,
    Omit<ServiceDependencies, 'description' | 'ready'> {
  readonly keys: ApiKeys;
  /** Takes uploads; `null` where there are no buckets for them. */
  readonly tickets: Tickets | null;
  /** Takes what callers must not see: one entry for each answer from status 500. */
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

/** remove.bg's address, its errors included. */
const REMOVEBG = '/v1.0/removebg';
/** Where photos are cut: the answer depends on `Accept`, and its size may break a limit. */
const CUTTING = ['/v1/cutouts', REMOVEBG];
const DRESS = '/v1/catalogues/:name/dresses/:id{.+}';
/** What needs a key, whatever the method. */
const KEYED = ['/v1/cutouts/*', '/v1/uploads', '/v1/catalogues/*', REMOVEBG];

type Env = { Bindings: Partial<HttpBindings>; Variables: RequestIdVariables & DeadlineVariables & HoldVariables };

/**
 * The HTTPS API, for Lambda and for the local service alike: every part that it needs is an argument. Every failure
 * leaves as RFC 9457 `application/problem+json`, or in remove.bg's own shape at its address.
 */
export function createHttp(dependencies: HttpDependencies): Hono<Env> {
  const { jobs, limits, keys, tickets, catalogue, version, log } = dependencies;
  const inTurn = limitConcurrency(limits);
  const requests = limitRequests(limits);
  const ready = createReadiness({ jobs, inTurn, hasRoom: () => requests.hasRoom(limits.maxBytes) });

  const fail = (c: Context<Env>, thrown: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const { method, path, url } = c.req;
    const known = asDresscutError(thrown);
    // An upload goes past the road that limits calls and answers; where nothing does, it carries no more either.
    const helps = tickets !== null && limits.maxAnswerBytes !== null && CUTTING.includes(path);
    const error = helps ? offerUpload(known) : known;
    if (!error.final) log({ requestId: c.var.requestId, method, path, ...logEntry(error) });
    const problem = problemOf(error, url, c.var.requestId);
    return path === REMOVEBG ? removebgErrors(problem, headers) : problemResponse(problem, headers);
  };
  const onMethodNotAllowed = (c: Context, methods: readonly string[]) => {
    const allow = [...methods, 'OPTIONS'].join(', ');
    const message = `${c.req.method.slice(0, 20)} does not work here; ${allow} do.`;
    return fail(c, new DresscutError('method-not-allowed', message, { facts: { allow } }), { allow });
  };

  const app = new Hono<Env>();
  app.onError((thrown, c) => fail(c, thrown));
  app.notFound((c) => fail(c, new DresscutError('not-found', 'There is nothing at this address.')));
  app.use(requestId({ limitLength: 128 }), cors(), commonHeaders(CUTTING), asErrors);
  app.use(methodNotAllowed({ app, onMethodNotAllowed }));
  for (const path of KEYED) app.use(path, apiKey(keys));
  app.use('/v1/catalogues/*', writingKey(keys));
  for (const path of [...KEYED, '/v1/ready']) app.use(path, deadline(limits.maxSeconds));

  const callOf = ({ var: { signal, hold } }: Context<Env>): CallContext => ({
    signal,
    hold,
    stalledSeconds: limits.stalledSeconds,
    inTurn: (work) => inTurn(signal, work),
  });
  app.post('/v1/cutouts', requests.middleware, (c) => answerCutout(c.req.raw, dependencies, callOf(c)));
  app.post(REMOVEBG, requests.middleware, (c) => answerRemovebg(c.req.raw, dependencies, callOf(c)));
  app.post('/v1/uploads', requests.middleware, (c) => answerUpload(c.req.raw, tickets, callOf(c)));
  app.get('/v1/cutouts/:id', (c) => answerStatus(c.req.param('id'), tickets));
  app.get('/v1/catalogues', () => answerList(catalogue));
  app.delete('/v1/catalogues/:name', (c) => answerDrop(c.req.param('name'), catalogue));
  app.post('/v1/catalogues/:name/similar', requests.middleware, (c) =>
    answerSimilar(c.req.raw, c.req.param('name'), dependencies, callOf(c)),
  );
  // An id may hold slashes: API Gateway has decoded them by the time they come here.
  app.put(DRESS, requests.middleware, (c) => answerPut(c.req.raw, c.req.param(), dependencies, callOf(c)));
  app.get(DRESS, (c) => answerGet(c.req.param('name'), c.req.param('id'), catalogue));
  app.delete(DRESS, (c) => answerRemove(c.req.param('name'), c.req.param('id'), catalogue));
  const description = openApi({ version, limits, keyed: keys !== 'off' });
  app.route('/', serviceRoutes({ ...dependencies, description, ready }));
  return app;
}
