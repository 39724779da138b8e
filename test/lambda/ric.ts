import { join } from 'node:path';

export const RIC_VERSION = '4.0.2';
export const RIC_FOLDER = join(__dirname, '..', '..', '.dresscut', 'ric');
/** What Lambda starts in a container image, and a function of ours here. */
export const RIC = join(RIC_FOLDER, 'node_modules', 'aws-lambda-ric', 'index.mjs');
