import { createRecent } from '../lib/recent';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('createRecent', () => {
  it('makes a value once for the same bytes, and again for others', async () => {
    const recent = createRecent<{ n: number }>(() => 8);
    let made = 0;
    const make = async () => ({ n: ++made });
    expect([await recent(bytesOf('a'), make), await recent(bytesOf('a'), make)]).toEqual([{ n: 1 }, { n: 1 }]);
    expect(await recent(bytesOf('b'), make)).toEqual({ n: 2 });
  });

  it('forgets what failed', async () => {
    const recent = createRecent<{ n: number }>(() => 8);
    await expect(recent(bytesOf('a'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await recent(bytesOf('a'), async () => ({ n: 1 }))).toEqual({ n: 1 });
  });

  it('forgets the oldest where the values grow too large, and never keeps one that is too large alone', async () => {
    const recent = createRecent<{ size: number; n: number }>(({ size }) => size);
    let made = 0;
    const make = (size: number) => async () => ({ size, n: ++made });
    await recent(bytesOf('a'), make(40_000_000));
    await recent(bytesOf('b'), make(40_000_000));
    expect((await recent(bytesOf('a'), make(1))).n).toBe(3);
    await recent(bytesOf('huge'), make(100_000_000));
    expect((await recent(bytesOf('huge'), make(100_000_000))).n).toBe(5);
  });

  it('forgets after a minute, and holds no process up for it', async () => {
    jest.useFakeTimers();
    try {
      const recent = createRecent<{ n: number }>(() => 8);
      let made = 0;
      const make = async () => ({ n: ++made });
      await recent(bytesOf('a'), make);
      jest.advanceTimersByTime(61_000);
      expect(await recent(bytesOf('a'), make)).toEqual({ n: 2 });
    } finally {
      jest.useRealTimers();
    }
  });
});
