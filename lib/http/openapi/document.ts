import { goldenPhoto } from '../golden-photo';
import type { Limits } from '../limits';
import { catalogueSchemas, drop, getDress, list, put, removeDress, similar } from './catalogues';
import { cutout } from './cutouts';
import { json, type Operation, OURS, problems } from './parts';
import { removebg } from './removebg';
import { type Json, object, ref, schemas } from './schemas';
import { status, upload } from './uploads';

/** The service as an OpenAPI 3.1 document; what goes in comes from the schemas that check it. */
export function openApi(about: { version: string; limits: Pick<Limits, 'maxBytes'>; keyed: boolean }): Json {
  const { version, limits, keyed } = about;
  const photo = goldenPhoto().toString('base64');
  const security = keyed ? [{ ApiKey: [] }] : [];
  const keyless = keyed ? problems('key-missing', 'key-wrong') : {};
  const closed = ({ responses, ...operation }: Operation): Json => ({
    ...operation,
    security,
    responses: { ...keyless, ...responses },
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'dresscut',
      version,
      description:
        `Bytes of a photo in, the dress cut out of it. Photos up to ${limits.maxBytes / 1e6} MB in a call, of which ` +
        'nothing is stored; larger ones by way of /v1/uploads.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'cut', description: 'Cut dresses out.' },
      { name: 'similar', description: 'Keep dresses in catalogues and find their like.' },
      { name: 'service', description: 'How the service is and what it is made of.' },
    ],
    paths: {
      '/v1/cutouts': { post: closed(cutout(photo)) },
      '/v1/uploads': { post: closed(upload) },
      '/v1/cutouts/{id}': { get: closed(status) },
      '/v1/catalogues': { get: closed(list) },
      '/v1/catalogues/{name}': { delete: closed(drop) },
      '/v1/catalogues/{name}/dresses/{id}': {
        put: closed(put),
        get: closed(getDress),
        delete: closed(removeDress),
      },
      '/v1/catalogues/{name}/similar': { post: closed(similar) },
      '/v1.0/removebg': { post: { ...removebg(photo), security } },
      '/v1/health': { get: get('health', 'The process answers', state('ok')) },
      '/v1/ready': {
        get: get('ready', 'The network is loaded and cuts its golden photo', {
          ...state('ready'),
          additionalProperties: true,
        }),
      },
      '/v1/model': { get: get('model', 'The network that answers', ref('schemas', 'Model')) },
      '/v1/openapi.json': { get: get('openapi', 'This document', { type: 'object', additionalProperties: true }) },
      '/v1/problems': { get: html('problems', 'Every problem code with its meaning') },
      '/': { get: html('page', 'A page to try it on') },
    },
    components: {
      schemas: { ...schemas, ...catalogueSchemas },
      securitySchemes: { ApiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' } },
    },
  };
}

const state = (word: string): Json => object({ status: { type: 'string', enum: [word] } });

function get(operationId: string, summary: string, schema: Json): Json {
  const responses = { 200: { description: `${summary}.`, content: json(schema) }, ...OURS };
  return { operationId, tags: ['service'], summary, security: [], responses };
}

function html(operationId: string, summary: string): Json {
  const responses = { 200: { description: `${summary}.`, content: { 'text/html': { schema: { type: 'string' } } } } };
  return { operationId, tags: ['service'], summary, security: [], responses };
}
