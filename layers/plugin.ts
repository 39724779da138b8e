import { join } from 'node:path';
import { parseArchitecture } from './architecture';
import { createArtefacts, writeArtefacts } from './artefacts';
import { overBudget, weightTable } from './weights';

/** What the plugin uses of `serverless`. */
interface Serverless {
  readonly serviceDir: string;
  readonly service: { readonly custom: { readonly architecture: string; readonly models: string } };
}

/** Builds the zips that `serverless.yml` names before anything is packaged, for the architecture that it names. */
class BuildArtefacts {
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;

  constructor(serverless: Serverless, _options: unknown, { log }: { log: { notice(text: string): void } }) {
    this.hooks = {
      'before:package:createDeploymentArtifacts': async () => {
        const { serviceDir: root, service } = serverless;
        const architecture = parseArchitecture(service.custom.architecture);
        const artefacts = await createArtefacts({ root, models: join(root, service.custom.models), architecture });
        const broken = overBudget(artefacts);
        if (broken.length > 0) throw new Error(broken.join('\n'));
        await writeArtefacts(join(root, 'dist'), artefacts);
        log.notice(weightTable(artefacts));
      },
    };
  }
}

module.exports = BuildArtefacts;
