import type { Plugin } from 'esbuild';

/** zod brings its messages in 50 languages, 300 kB in each file that is built; all our errors are English. */
export const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};
