/**
 * What the system can refuse: each time, the old set must stay byte for byte, with status 1, one
 * line that names the cause and a path, and nothing left over.
 *
 * @module
 */

import { findWrong, type Given, Ground, inject, mustSystem, OLD, system } from "./support.ts";
import type { Checks, Ended, Start } from "./support.ts";

/** Lets the system refuse what it can. */
export async function testFaults(given: Given): Promise<void> {
  await testSpace(given);
  await testQuota(given);
  await testPermissions(given);
  await testPlaces(given);
  await testInjected(given);
  await testDevice(given);
  await testWithoutLinks(given);
}

/** A run that must fail. */
interface Fault {
  readonly checks: Checks;
  /** What the message says of the cause. */
  readonly cause: string;
  readonly start?: Start;
}

/** Runs over the old set; gives what is wrong, and the file that the message names. */
async function fail(ground: Ground, { cause, start = {} }: Omit<Fault, "checks">) {
  const ended = await ground.run(start);
  return { file: namedFile(ended), wrong: findFault(ground, { ended, cause }) };
}

function findFault(ground: Ground, { ended, cause }: { ended: Ended; cause: string }): string[] {
  const { code, stderr } = ended;
  const isOneLine = /^depmod: FATAL: .*\/.*\n$/.test(stderr);
  return [
    ...(code === 1 ? [] : [`status ${code}`]),
    ...(isOneLine && stderr.endsWith(`: ${cause}\n`) ? [] : [`it says: ${stderr}`]),
    ...findWrong(ground, { set: OLD, ended: { ...ended, code: 0, stderr: "" } }),
  ];
}

/** The index file whose temporary file a message names. */
function namedFile({ stderr }: Ended): string | undefined {
  return /\/\.?(modules\.[a-z.]+?)(?:\.depmod-|: )/.exec(stderr)?.[1];
}

async function checkFault(title: string, ground: Ground, { checks, ...fault }: Fault) {
  ground.replace(OLD);
  checks.add(`${title}: ${fault.cause}`, (await fail(ground, fault)).wrong);
}

/** A directory on a file system of its own. */
function mountAt(work: string, name: string, options: string): string {
  const place = `${work}/${name}`;
  Deno.mkdirSync(place);
  mustSystem(`mount ${options} "$1"`, place);
  return place;
}

/** A directory on a file system in a file of so many MiB. */
function mountFile(work: string, name: string, { make, size, options = "" }: {
  make: string;
  size: number;
  options?: string;
}): string {
  const image = `${work}/${name}.image`;
  mustSystem(`truncate -s ${size}M "$1" && ${make} "$1"`, image);
  return mountAt(work, name, `-o loop${options} "${image}"`);
}

/** Lets a place have room for more and more, until a run succeeds: each file is the first too large. */
async function fillUp(title: string, ground: Ground, { checks, cause, allow }: {
  checks: Checks;
  cause: string;
  /** Gives it room for so many steps. */
  allow: (step: number) => void;
}): Promise<void> {
  const named = new Set<string | undefined>();
  const wrong: string[] = [];
  for (let step = 0; step < 200; step++) {
    ground.replace(OLD);
    allow(step);
    const { file, wrong: found } = await fail(ground, { cause });
    if (found.includes("status 0")) break;
    named.add(file);
    wrong.push(...found.map((text) => `step ${step}: ${text}`));
  }
  const missed = [...OLD.keys()].filter((name) => !named.has(name));
  if (missed.length > 0) wrong.push(`never the first too large: ${missed.join(", ")}`);
  checks.add(`${title}, at each of the files: ${cause}`, wrong);
}

async function testSpace({ work, checks }: Given): Promise<void> {
  const cause = "No space left on device";
  const memory = mountAt(work, "small-memory", "-t tmpfs -o size=1m tmpfs");
  const inMemory = new Ground(`${work}/space`, memory);
  await inMemory.run();
  const allow = (step: number) => {
    // The old files have a page each; what is not in a page is less than one.
    mustSystem(`mount -o remount,size=${(OLD.size + step) * 4}k "$1"`, memory);
  };
  await fillUp("no space in memory", inMemory, { checks, cause, allow });

  const make = "mkfs.ext4 -q -F -b 1024 -m 0";
  const disk = mountFile(work, "small-disk", { make, size: 2 });
  const onDisk = new Ground(`${work}/space`, disk);
  await onDisk.run();
  const leave = (step: number) => {
    Deno.writeTextFileSync(`${disk}/ballast`, "");
    system('dd if=/dev/zero of="$1/ballast" bs=1024 && sync -f "$1"; :', disk);
    system('dd if=/dev/zero of="$1/ballast" bs=1024; :', disk);
    const { size } = Deno.statSync(`${disk}/ballast`);
    Deno.truncateSync(`${disk}/ballast`, Math.max(0, size - step * 1024));
    mustSystem('sync -f "$1"', disk);
  };
  await fillUp("no space on the disk", onDisk, { checks, cause, allow: leave });
}

async function testQuota({ work, checks }: Given): Promise<void> {
  if (!system("command -v mkfs.btrfs && grep -qw btrfs /proc/filesystems")) {
    return checks.skip("no quota", "there is no btrfs");
  }
  const place = mountFile(work, "quota", { make: "mkfs.btrfs -q", size: 128 });
  mustSystem('btrfs quota enable "$1" && btrfs subvolume create "$1/limited"', place);
  const ground = new Ground(`${work}/space`, `${place}/limited`);
  await ground.run();
  ground.replace(OLD);
  mustSystem('sync -f "$1" && btrfs qgroup limit 48k "$1/limited"', place);
  const cause = "Disk quota exceeded";
  checks.add(`no quota: ${cause}`, (await fail(ground, { cause })).wrong);
}

async function testPermissions({ work, checks }: Given): Promise<void> {
  const ground = new Ground(`${work}/permissions`);
  const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  await ground.run();
  const denied = { checks, cause: "Permission denied", start: { around: nobody } };
  await checkFault("a directory of somebody else", ground, denied);
  mustSystem('mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"', ground.directory);
  const cause = "Read-only file system";
  checks.add(`a read-only mount: ${cause}`, (await fail(ground, { cause })).wrong);
  mustSystem('umount "$1"', ground.directory);

  const disk = mountFile(work, "immutable", { make: "mkfs.ext4 -q -F", size: 8 });
  const onDisk = new Ground(`${work}/permissions`, disk);
  await onDisk.run();
  onDisk.replace(OLD);
  for (const name of ["", ...OLD.keys()]) {
    mustSystem('chattr +i "$1"', `${onDisk.directory}/${name}`);
    const { wrong } = await fail(onDisk, { cause: "Operation not permitted" });
    mustSystem('chattr -i "$1"', `${onDisk.directory}/${name}`);
    checks.add(`chattr +i on ${name || "the directory"}`, wrong);
  }
}

async function testPlaces({ work, checks }: Given): Promise<void> {
  const ground = new Ground(`${work}/places`);
  for (const name of OLD.keys()) {
    ground.replace(OLD);
    Deno.removeSync(`${ground.directory}/${name}`);
    Deno.mkdirSync(`${ground.directory}/${name}`);
    const { code, stderr } = await ground.run();
    Deno.removeSync(`${ground.directory}/${name}`);
    Deno.writeTextFileSync(`${ground.directory}/${name}`, OLD.get(name)!);
    const ended = { code, stderr, signal: null };
    const wrong = findFault(ground, { ended, cause: "Is a directory" });
    checks.add(`a directory in the place of ${name}`, wrong);
  }
  const around = inject("fsync:delay_enter=30000");
  const away = new Ground(`${work}/places`, `${work}/away`);
  const run = away.start({ around });
  while (!system('test -d "$1"', away.directory)) await new Promise((wait) => setTimeout(wait, 5));
  await away.untilItWrites(run);
  Deno.removeSync(`${work}/away`, { recursive: true });
  const { code, stderr } = await run.ended;
  const isRight = code === 1 && /^depmod: FATAL: .*: No such file or directory\n$/.test(stderr);
  const isLeft = system('test -e "$1"', `${work}/away`);
  checks.add("an output directory that is removed meanwhile", [
    ...(isRight ? [] : [`status ${code}: ${stderr}`]),
    ...(isLeft ? ["it is there again"] : []),
  ]);
}

async function testInjected({ work, checks }: Given): Promise<void> {
  const ground = new Ground(`${work}/injected`);
  const cause = "Input/output error";
  for (let i = 1; i <= OLD.size; i++) {
    for (const call of ["fsync", "rename"]) {
      const start = { around: inject(`${call}:error=EIO:when=${i}`) };
      await checkFault(`${call} number ${i}`, ground, { checks, cause, start });
    }
  }
}

/** A device that keeps less than it says: its file is on a file system without space for it. */
async function testDevice({ work, checks }: Given): Promise<void> {
  const memory = mountAt(work, "device", "-t tmpfs -o size=32m tmpfs");
  mustSystem('truncate -s 16M "$1" && mkfs.ext4 -q -F -O ^has_journal "$1"', `${memory}/image`);
  const disk = mountAt(work, "failing", `-o loop "${memory}/image"`);
  const ground = new Ground(`${work}/injected`, disk);
  await ground.run();
  ground.replace(OLD);
  mustSystem('sync -f "$1"; dd if=/dev/zero of="$2/ballast" bs=4096; :', disk, memory);
  const cause = "No space left on device"; // as fsync tells: writing has seemed to work
  checks.add(`a device that fails: ${cause}`, (await fail(ground, { cause })).wrong);
  mustSystem('rm "$2/ballast"; umount "$1"', disk, memory);
}

async function testWithoutLinks({ work, checks }: Given): Promise<void> {
  if (!system("command -v mount.exfat-fuse && command -v mkfs.exfat && test -e /dev/fuse")) {
    return checks.skip("a file system without hard links", "there is no exfat-fuse");
  }
  const image = `${work}/exfat.image`;
  const place = `${work}/exfat`;
  Deno.mkdirSync(place);
  mustSystem('truncate -s 32M "$1" && mkfs.exfat "$1"', image);
  mustSystem('mount.exfat-fuse "$(losetup -f --show "$1")" "$2"', image, place);
  const ground = new Ground(`${work}/injected`, place);
  await ground.run();
  const set = ground.set();
  ground.replace(OLD);
  const ended = await ground.run();
  checks.add("a file system without hard links", findWrong(ground, { set, ended }));
  for (const i of [1, 6, 11]) {
    const start = { around: inject(`rename:error=EIO:when=${i}`) };
    const title = `without hard links, rename number ${i}`;
    await checkFault(title, ground, { checks, cause: "Input/output error", start });
  }
  mustSystem('umount "$1"; losetup -j "$2" | cut -d : -f 1 | xargs -r losetup -d', place, image);
}
