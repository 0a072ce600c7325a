import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { socketsOf } from './sockets';

let dir: string;
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'sluice-sockets-'))));
afterEach(() => {
  jest.restoreAllMocks();
  return rm(dir, { recursive: true, force: true });
});

/** A user who may do less than the superuser. */
const nobody = 65_534;
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('the sockets of a workspace', () => {
  it('lie in the host folder, which is made for this user alone', async () => {
    const folder = join(dir, '.sluice', 'host');
    expect(await socketsOf(folder)).toEqual({
      controller: join(folder, 'controller.sock'),
      router: join(folder, 'router.sock'),
    });
    expect(await modeOf(folder)).toBe(0o700);
    await socketsOf(folder);
  });

  it('are refused where this user can not write', async () => {
    const folder = join(dir, 'host');
    await mkdir(folder, { mode: 0o500 });
    const superuser = process.getuid?.() === 0;
    if (superuser) process.seteuid?.(nobody);
    try {
      await expect(socketsOf(folder)).rejects.toMatchObject({ code: 'PATH_UNUSABLE' });
    } finally {
      if (superuser) process.seteuid?.(0);
    }
  });

  it('name the file that is where their folder belongs', async () => {
    await writeFile(join(dir, '.sluice'), 'x');
    await expect(socketsOf(join(dir, '.sluice', 'host'))).rejects.toMatchObject({
      code: 'PATH_UNUSABLE',
      message: `${join(dir, '.sluice')} can't be used: a file is there, where a folder belongs (ENOTDIR).`,
    });
  });

  describe('whose path is too long', () => {
    const far = () => join(dir, 'x'.repeat(100), 'host');
    let made: string | undefined;
    afterEach(async () => {
      if (made) await rm(made, { recursive: true });
      made = undefined;
    });

    it('lie in a short folder of this user alone, the same for everyone who asks', async () => {
      const sockets = await socketsOf(far());
      made = dirname(sockets.controller);
      expect(Buffer.byteLength(sockets.controller)).toBeLessThanOrEqual(100);
      expect([await modeOf(made), await modeOf(dirname(made))]).toEqual([0o700, 0o700]);
      jest.spyOn(os, 'tmpdir').mockReturnValue(dir); // sessions have different ones
      expect(await socketsOf(far())).toEqual(sockets);
    });

    it('differ from workspace to workspace', async () => {
      const [one, other] = [await socketsOf(far()), await socketsOf(`${far()}2`)];
      expect(one.controller).not.toBe(other.controller);
      await rm(dirname(one.controller), { recursive: true });
      await rm(dirname(other.controller), { recursive: true });
    });

    it('are refused where others may look into the folder above', async () => {
      made = dirname((await socketsOf(far())).controller);
      const own = dirname(made);
      await chmod(own, 0o755);
      try {
        await expect(socketsOf(far())).rejects.toMatchObject({
          code: 'HOST_REFUSED',
          message: expect.stringContaining(own) as unknown,
        });
      } finally {
        await chmod(own, 0o700);
      }
    });
  });
});
