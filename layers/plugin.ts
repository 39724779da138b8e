import { join } from 'node:path';
import { parseArchitecture } from './architecture';
import { createArtefacts, writeArtefacts } from './artefacts';
import { parameterErrors } from './parameters';
import { overBudget, sizeTable } from './sizes';

type Parameters = Readonly<Record<string, unknown>>;

/** What the plugin uses of `serverless`. */
interface Serverless {
  readonly serviceDir: string;
  readonly service: {
    readonly service: string;
    validate(): Promise<void>;
    readonly provider: { readonly stage: string; readonly region: string };
    readonly custom: { readonly parameters: Parameters & { readonly architecture: string; readonly models: string } };
  };
  /** The file as it was read. */
  readonly configurationInput: { readonly params?: Readonly<Record<string, Parameters | undefined>> };
  readonly classes: { readonly Error: new (message: string) => Error };
}

/**
 * Checks the parameters, and builds the zips that `serverless.yml` names before anything is packaged, for the
 * architecture that it names.
 */
class BuildArtefacts {
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;

  constructor(
    serverless: Serverless,
    options: { readonly param?: readonly string[] },
    { log }: { log: { notice(text: string): void } },
  ) {
    const { service } = serverless;
    const validate = service.validate.bind(service);
    // Before the framework's own schema speaks, which knows its own fields alone.
    service.validate = () => {
      checkParameters(serverless, options.param ?? []);
      return validate();
    };
    this.hooks = {
      'before:package:createDeploymentArtifacts': async () => {
        const { serviceDir: root } = serverless;
        const { architecture, models } = service.custom.parameters;
        const sources = { root, models: join(root, models), architecture: parseArchitecture(architecture) };
        const artefacts = await createArtefacts(sources);
        const broken = overBudget(artefacts);
        if (broken.length > 0) throw new Error(broken.join('\n'));
        await writeArtefacts(join(root, 'dist'), artefacts);
        log.notice(sizeTable(artefacts));
      },
    };
  }
}

function checkParameters({ service, configurationInput, classes }: Serverless, given: readonly string[]): void {
  const { stage, region } = service.provider;
  const ofStages = [configurationInput.params?.default, configurationInput.params?.[stage]];
  const errors = parameterErrors({
    service: service.service,
    stage,
    region,
    parameters: service.custom.parameters,
    given: [...given.map((each) => each.split('=')[0] ?? ''), ...ofStages.flatMap((each) => Object.keys(each ?? {}))],
  });
  if (errors.length > 0) throw new classes.Error(errors.join('\n'));
}

module.exports = BuildArtefacts;
