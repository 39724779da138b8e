/**
 * Resident memory of a worker. It holds 350 MB once network, OpenCV and codecs are there; the largest photo that is
 * read takes up to 900 MB more while it is cut (`docs/reliability.md`); the rest is for what the allocator keeps of
 * photos before. Beyond that something is wrong, and ending this process alone is better than what the system does.
 */
export const MAX_WORKER_BYTES = 1_600_000_000;

/** By which a worker that needs more says so. Leaves no core dump behind. */
export const SIGNAL_OF_MEMORY = 'SIGUSR2';

/**
 * What a job may still take when nobody waits for it any more. Starting a worker anew takes as long, and an ordinary
 * photo is done by then; a larger one is not worth its processor time.
 */
export const ABORTED_SECONDS = 2;

/** Of any job: an HTTP call is given up after 25 s, and whoever asks without a signal must not wait for ever. */
export const MAX_JOB_SECONDS = 60;
