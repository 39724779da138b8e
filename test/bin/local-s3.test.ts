import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalS3, startLocalS3 } from '../../bin/local-s3';

describe('the S3 server that npm start brings along', () => {
  let folder: string;
  let s3: LocalS3;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dresscut-s3-'));
    s3 = await startLocalS3(0, folder, ['things'], () => undefined);
  });
  afterAll(async () => {
    await s3.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows an object whole or not at all, while it is written again and again', async () => {
    const url = `${s3.url}/things/receipt.json`;
    const whole = JSON.stringify({ text: 'x'.repeat(300_000) });
    let writing = true;
    let seen = 0;
    const read = async () => {
      while (writing) {
        const answer = await fetch(url);
        const text = await answer.text();
        if (answer.status === 404) continue;
        expect(answer.status).toBe(200);
        expect(text.length).toBe(whole.length);
        seen++;
      }
    };
    const write = async () => {
      for (let i = 0; i < 60; i++) expect((await fetch(url, { method: 'PUT', body: whole })).status).toBe(200);
      writing = false;
    };
    await Promise.all([write(), read(), read()]);
    expect(seen).toBeGreaterThan(10);
  });
});
