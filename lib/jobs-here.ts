import { createCutOut } from './cut-out';
import { createEngine, type EngineSettings } from './engine';
import { createFind, sizeOfSeen } from './find';
import { createJobs, type Jobs } from './http/jobs/jobs';
import { createRecent } from './recent';

/** What HTTP asks of photos, done by this process: the whole service's on Lambda, a worker's elsewhere. */
export function jobsHere(settings: EngineSettings): Jobs {
  const { segmenter } = createEngine(settings);
  // Whoever draws a stroke asks for the same photo again within seconds.
  const find = createFind({ segmenter, recent: createRecent(sizeOfSeen) });
  return createJobs({ find, cutOut: createCutOut(find), segmenter });
}
