/**
 * Resident memory of a worker. It holds 190 MB once network and codecs are there, and 300 after photos of 48 megapixels;
 * one of those takes up to 500 MB more while it is cut (`docs/benchmarks.md`). Beyond the limit something is wrong, and
 * ending this process alone is better than what the system does.
 */
export const MAX_WORKER_BYTES = 2_000_000_000;

/** By which a worker that needs more says so. Leaves no core dump behind. */
export const SIGNAL_OF_MEMORY = 'SIGUSR2';

/**
 * What a job may still take when nobody waits for it any more. Nearly all photos are done by then, and a worker that
 * lives on is worth more than the rest of its time: a machine with too much to do would do nothing but start workers.
 */
export const ABORTED_SECONDS = 5;

/** Of any job: an HTTP call is given up after 25 s, and whoever asks without a signal must not wait for ever. */
export const MAX_JOB_SECONDS = 60;
