import { userInfo } from 'node:os';
import { findUser } from './system-user';

const problemOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (thrown) {
    return thrown;
  }
};

describe('the user of a release', () => {
  it('is the one of this process, by name and by number', () => {
    const { uid, username } = userInfo();
    expect(findUser(username)).toBeNull();
    expect(findUser(String(uid))).toBeNull();
  });

  it('may be any that there is for root, and any number', () => {
    expect(findUser('root', 0)).toBeNull();
    expect(findUser('nobody', 0)).toMatchObject({ name: 'nobody' });
    expect(findUser('54321', 0)).toEqual({ uid: 54_321, gid: 54_321, name: null });
    expect(findUser('54321:12', 0)).toMatchObject({ uid: 54_321, gid: 12 });
  });

  it('is refused when there is none of that name', () => {
    expect(problemOf(() => findUser('no-such-user', 0))).toMatchObject({
      code: 'USER_UNAVAILABLE',
      message: 'Nothing can be run as "no-such-user" (runtime.user): there is no such user.',
    });
  });

  it('is refused to who is not root', () => {
    expect(problemOf(() => findUser('54321', 1000))).toMatchObject({
      message: expect.stringContaining('does not run as root') as unknown,
    });
  });
});
