import { notInstalled } from '../lib/errors';

test('a package that is not installed is named with the command that installs it', async () => {
  const name = '@dresscut/not-there';
  const load = async () => require(name);
  await expect(load().catch(notInstalled(name))).rejects.toThrow(
    'it needs the package @dresscut/not-there, which is not installed: npm install @dresscut/not-there',
  );
  // What fails inside a package that is there, or misses another one, is told as it is.
  await expect(load().catch(notInstalled('@dresscut/other'))).rejects.toThrow('Cannot find module');
  expect(() => notInstalled(name)(new TypeError('x is undefined'))).toThrow(new TypeError('x is undefined'));
});
