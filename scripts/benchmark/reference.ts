/**
 * The references that the benchmark measures: kmod as Debian 13 ships it, which scripts/reference
 * fetches, and, for gzip, which Debian leaves out, the same release built from Debian's source with
 * zlib. The build needs a compiler and a few packages of the system, and takes seconds. Like
 * Debian's, it has OpenSSL, with which it parses the modules' signatures; that takes a sixth of its
 * CPU time on a plain tree.
 */
import { cached, fail, ROOT, run, succeeds } from "./command.ts";

/** What the build needs: its name in Debian, and a command that succeeds where it is there. */
const BUILD_NEEDS: readonly (readonly [string, readonly string[]])[] = [
  ["gcc", ["gcc", "--version"]],
  ["meson", ["meson", "--version"]],
  ["pkg-config with zlib1g-dev and libssl-dev", ["pkg-config", "--exists", "zlib", "libcrypto"]],
];

/** Run in an empty directory, with the project's as $1. The state of apt is that of scripts/apt. */
const BUILD = `
  set -eu
  apt=$1/.cache/apt/trixie-amd64
  "$1/scripts/apt" trixie amd64 "$PWD/unused" kmod
  mkdir -p lists/partial source
  sed 's/^deb /deb-src /' "$apt/etc/sources.list" >sources.list
  for step in update '--download-only --tar-only source kmod'; do
    APT_CONFIG=$apt/apt.conf apt-get -qq -o Dir::Etc::sourcelist="$PWD/sources.list" \
      -o Dir::State::lists="$PWD/lists" $step >&2
  done
  tar -xf kmod_*.orig.tar.* -C source --strip-components=1
  {
    meson setup build source --buildtype=release -Dzlib=enabled -Dzstd=disabled -Dxz=disabled \
      -Dopenssl=enabled -Dmanpages=false && ninja -C build
  } >log || {
    cat log >&2
    exit 1
  }
  ln -s build/kmod depmod
`;

/** The command that scripts/reference would run: a shell's start-up must not count. */
export function debianReference(): string[] {
  return run([`${ROOT}/scripts/reference`, "--print", "depmod"]).split("\n");
}

/** The command of a reference that reads gzip. The first time, it is built. */
export function zlibReference(): string[] {
  const directory = cached("kmod-zlib", (unfinished) => {
    const absent = BUILD_NEEDS.filter(([, command]) => !succeeds(command)).map(([name]) => name);
    if (absent.length > 0) fail(`to build it with zlib takes ${absent.join(", ")}`);
    try {
      run(["sh", "-c", BUILD, "sh", ROOT], unfinished);
    } catch {
      fail("it could not be built with zlib");
    }
  });
  return [`${directory}/depmod`];
}
