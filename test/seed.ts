import fc from 'fast-check';

// Property tests try the same cases in every run, so that a change is blamed for what it broke and nothing else.
// Another number searches elsewhere: `DRESSCUT_TEST_SEED=$RANDOM npx jest test/pipeline`.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.DRESSCUT_TEST_SEED ?? 1) });
