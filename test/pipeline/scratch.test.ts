import { borrow, giveBack } from '../../lib/pipeline/scratch';

describe('borrow', () => {
  it('gives bytes that served before, zeroed, and never to two at once', () => {
    const first = borrow(1000).fill(7);
    giveBack(first);
    const second = borrow(600);
    expect(second.buffer).toBe(first.buffer);
    expect(second).toEqual(new Uint8Array(600));
    const third = borrow(600);
    expect(third.buffer).not.toBe(second.buffer);
    giveBack(second);
    giveBack(third);
    expect(borrow(1000).buffer).toBe(first.buffer);
  });

  it('keeps nothing that is very large', () => {
    const large = borrow(64_000_001);
    giveBack(large);
    expect(borrow(64_000_001).buffer).not.toBe(large.buffer);
  });
});
