/** A queue of numbers from 0 to before `size`, each in it at most once. */
export class Ring {
  private readonly members: Int32Array;
  private readonly isMember: Uint8Array;
  private head = 0;
  private count = 0;

  constructor(size: number) {
    this.members = new Int32Array(size);
    this.isMember = new Uint8Array(size);
  }

  /** To the end of the queue; where it is in it already it keeps its place. */
  add(member: number): void {
    if (this.isMember[member] === 1) return;
    this.isMember[member] = 1;
    this.members[(this.head + this.count) % this.members.length] = member;
    this.count++;
  }

  /** The one that waits longest, taken out; `undefined` where none waits. */
  next(): number | undefined {
    if (this.count === 0) return undefined;
    const member = this.members[this.head]!;
    this.head = (this.head + 1) % this.members.length;
    this.count--;
    this.isMember[member] = 0;
    return member;
  }
}
