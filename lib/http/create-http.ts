import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { asDresscutError, DresscutError } from '../errors';
import { withinBudget } from './budget';
import { answerCutout, type CutoutsParts } from './cutouts';
import { EVERYWHERE, PREFLIGHT } from './headers';
import { checkKey, type Keys } from './keys';
import { openApi } from './open-api';
import { page, pagePolicy } from './page';
import { problemOf, problemResponse, problemsPage } from './problems';
import { createReadiness } from './ready';

export interface HttpParts extends CutoutsParts {
  readonly keys: Keys;
  /** What `GET /v1/model` answers: an object for JSON. */
  readonly describeModel: () => Promise<Readonly<Record<string, unknown>>>;
  /** Takes what callers must not see: one entry for each answer from status 500. */
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

type Env = { Variables: { requestId: string } };
type Answer = (context: Context<Env>) => Response | Promise<Response>;

/**
 * The HTTPS API, for Lambda and for the local service alike: every part that it needs is an argument. Every
 * failure leaves as RFC 9457 `application/problem+json`.
 */
export function createHttp(parts: HttpParts): Hono<Env> {
  const { limits, keys, segmenter, version } = parts;
  const ready = createReadiness(parts.cutOut);
  const description = openApi({ version, limits, keyed: keys !== 'off' });
  const routes: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
    '/': { GET: (c) => c.html(page, 200, { 'content-security-policy': pagePolicy }) },
    '/v1/cutouts': {
      POST: (c) => {
        checkKey(keys, c.req.header('x-api-key'));
        return withinBudget(limits.maxSeconds, () => answerCutout(c.req.raw, parts));
      },
    },
    '/v1/health': { GET: (c) => c.json({ status: 'ok', version }) },
    '/v1/ready': {
      GET: async (c) => c.json({ status: 'ready', model: await withinBudget(limits.maxSeconds, ready) }),
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
    if (c.req.path === '/v1/cutouts') headers.set('vary', 'Accept');
    for (const [name, value] of Object.entries(EVERYWHERE)) headers.set(name, value);
  });
  app.options('*', () => new Response(null, { status: 204, headers: PREFLIGHT }));
  for (const [path, methods] of Object.entries(routes)) {
    for (const [method, answer] of Object.entries(methods)) app.on(method, path, whole(answer));
  }
  const fail = (c: Context<Env>, thrown: unknown, headers?: Readonly<Record<string, string>>) => {
    const error = asDresscutError(thrown);
    const { requestId } = c.var;
    if (!error.final) parts.log({ requestId, method: c.req.method, path: c.req.path, ...inside(error) });
    return problemResponse(problemOf(error, c.req.url, requestId), headers);
  };
  app.onError((thrown, c) => fail(c, thrown));
  app.notFound((c) => {
    const { method, path } = c.req;
    const methods = Object.hasOwn(routes, path) ? Object.keys(routes[path] ?? {}) : [];
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

/** A caller's own id is kept when it is one: it is repeated in a header and in logs. */
function requestIdOf(given: string | undefined): string {
  return given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/** An error for the log, down to the stranger that caused it. */
function inside({ code, message, cause, stack }: DresscutError): Record<string, unknown> {
  return { code, message, stack: cause instanceof Error ? cause.stack : stack };
}
