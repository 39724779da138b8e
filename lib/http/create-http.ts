import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { asDresscutError, DresscutError } from '../errors';
import type { Tickets } from '../uploads/tickets';
import { withinBudget } from './budget';
import { answerCutout } from './cutouts';
import { EVERYWHERE, PREFLIGHT } from './headers';
import { checkKey, type Keys } from './keys';
import { openApi } from './open-api';
import { page, pagePolicy } from './page';
import { problemOf, problemResponse, problemsPage } from './problems';
import { createReadiness } from './ready';
import { answerRemovebg, type RemovebgParts } from './removebg';
import { removebgErrors } from './removebg-errors';
import { createDoor, createTurns } from './turns';
import { answerStatus, answerUpload } from './uploads';

export interface HttpParts extends RemovebgParts {
  readonly keys: Keys;
  /** Takes uploads; `null` where there are no buckets for them. */
  readonly tickets: Tickets | null;
  /** What `GET /v1/model` answers: an object for JSON. */
  readonly describeModel: () => Promise<Readonly<Record<string, unknown>>>;
  /** Takes what callers must not see: one entry for each answer from status 500. */
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

/** remove.bg's address, its errors included. */
const REMOVEBG = '/v1.0/removebg';
const NEGOTIATED = ['/v1/cutouts', REMOVEBG];

type Env = { Variables: { requestId: string } };
type Answer = (context: Context<Env>) => Response | Promise<Response>;

/**
 * The HTTPS API, for Lambda and for the local service alike: every part that it needs is an argument. Every
 * failure leaves as RFC 9457 `application/problem+json`.
 */
export function createHttp(parts: HttpParts): Hono<Env> {
  const { limits, keys, segmenter, version } = parts;
  const turns = createTurns(limits);
  const door = createDoor(limits);
  const budgeted = <T>(c: Context<Env>, work: (signal: AbortSignal) => Promise<T>) =>
    withinBudget(limits.maxSeconds, work, c.req.raw.signal);
  // Its own wait: callers share one check, and the first of them may hang up.
  const ready = createReadiness((...call) =>
    turns(AbortSignal.timeout(1000 * limits.maxSeconds))(() => parts.cutOut(...call)),
  );
  const description = openApi({ version, limits, keyed: keys !== 'off' });
  const routes: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
    '/': { GET: (c) => c.html(page, 200, { 'content-security-policy': pagePolicy }) },
    '/v1/cutouts': {
      POST: (c) => {
        checkKey(keys, c.req.header('x-api-key'));
        return budgeted(c, (signal) => door(() => answerCutout(c.req.raw, parts, turns(signal))));
      },
    },
    '/v1/cutouts/:id': {
      GET: (c) => {
        checkKey(keys, c.req.header('x-api-key'));
        return budgeted(c, () => answerStatus(c.req.param('id') ?? '', parts.tickets));
      },
    },
    '/v1/uploads': {
      POST: (c) => {
        checkKey(keys, c.req.header('x-api-key'));
        return budgeted(c, () => answerUpload(c.req.raw, parts.tickets));
      },
    },
    [REMOVEBG]: {
      POST: (c) => {
        checkKey(keys, c.req.header('x-api-key'));
        return budgeted(c, (signal) => door(() => answerRemovebg(c.req.raw, parts, turns(signal))));
      },
    },
    '/v1/health': { GET: (c) => c.json({ status: 'ok', version }) },
    '/v1/ready': {
      GET: async (c) => c.json({ status: 'ready', model: await budgeted(c, ready) }),
    },
    '/v1/model': { GET: async (c) => c.json({ ...(await segmenter.load()), ...(await parts.describeModel()) }) },
    '/v1/openapi.json': { GET: (c) => c.json(description) },
    '/v1/problems': { GET: (c) => c.html(problemsPage()) },
  };

  const app = new Hono<Env>();
  app.use(async (c, next) => {
    c.set('requestId', requestIdOf(c.req.header('x-request-id')));
    await next();
    const { headers } = c.res;
    headers.set('x-request-id', c.var.requestId);
    headers.set('cache-control', 'no-store');
    if (NEGOTIATED.includes(c.req.path)) headers.set('vary', 'Accept');
    for (const [name, value] of Object.entries(EVERYWHERE)) headers.set(name, value);
  });
  app.options('*', () => new Response(null, { status: 204, headers: PREFLIGHT }));
  for (const [path, methods] of Object.entries(routes)) {
    for (const [method, answer] of Object.entries(methods)) app.on(method, path, whole(answer));
  }
  const fail = (c: Context<Env>, thrown: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const { requestId } = c.var;
    const { method, path, url } = c.req;
    const known = asDresscutError(thrown);
    // An upload goes past the road that limits calls and answers; where nothing does, it carries no more either.
    const helps = parts.tickets !== null && limits.maxAnswerBytes !== null && NEGOTIATED.includes(path);
    const error = helps ? offerUpload(known) : known;
    if (!error.final) parts.log({ requestId, method, path, ...inside(error) });
    const problem = problemOf(error, url, requestId);
    return path === REMOVEBG ? removebgErrors(problem, headers) : problemResponse(problem, headers);
  };
  app.onError((thrown, c) => fail(c, thrown));
  app.notFound((c) => {
    const { method, path } = c.req;
    const pattern = path.replace(/^(\/v1\/cutouts)\/[^/]+$/, '$1/:id');
    const methods = Object.hasOwn(routes, pattern) ? Object.keys(routes[pattern] ?? {}) : [];
    if (methods.length === 0) return fail(c, new DresscutError('not-found', 'There is nothing at this address.'));
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    const message = `${method.slice(0, 20)} does not work here; ${allow} do.`;
    return fail(c, new DresscutError('method-not-allowed', message, { facts: { allow } }), { allow });
  });
  return app;
}

/** Hono's onError meets instances of Error alone; libraries in WASM throw numbers. */
function whole(answer: Answer): Answer {
  return async (c) => {
    try {
      return await answer(c);
    } catch (thrown) {
      throw asDresscutError(thrown);
    }
  };
}

function offerUpload(error: DresscutError): DresscutError {
  const { code, message, facts, cause } = error;
  if (code !== 'too-large') return error;
  const upload = '/v1/uploads';
  return new DresscutError(code, `${message} POST ${upload} carries more.`, { facts: { ...facts, upload }, cause });
}

/** A caller's own id is kept when it is one: it is repeated in a header and in logs. */
function requestIdOf(given: string | undefined): string {
  return given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/** An error for the log, down to the stranger that caused it. */
function inside({ code, message, cause, stack }: DresscutError): Record<string, unknown> {
  return { code, message, stack: cause instanceof Error ? cause.stack : stack };
}
