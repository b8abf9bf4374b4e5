/**
 * What scripts/dist writes into the Debian package: who maintains it. scripts/dist-test tries the
 * package and the archive in real systems.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { isInstalled, type Result, runCommand } from "../support/program.ts";
import { withTemporary } from "../support/tree.ts";

const DIST = new URL("../../scripts/dist", import.meta.url).pathname;
const TOOLS = ["dpkg-deb", "gzip", "xz", "md5sum", "install"];
const isMissing = !TOOLS.every(isInstalled);

/** Makes a package of a small script, with these settings, and asks something of it in the shell. */
function makePackage(settings: readonly string[], question: string): Result {
  return withTemporary((root) => {
    Deno.writeTextFileSync(`${root}/depmod`, "#!/bin/sh\n", { mode: 0o755 });
    const usual = [`DIST=${root}`, `DEPMOD=${root}/depmod`, "SOURCE_DATE_EPOCH=0", "LEVEL=1"];
    const unset = ["-u", "DEBFULLNAME", "-u", "DEBEMAIL"];
    const script = `"$0" >/dev/null && cd ${root} && ${question}`;
    return runCommand(["env", ...unset, ...usual, ...settings, "sh", "-euc", script, DIST], {
      cwd: root,
    });
  });
}

const FIELD = "dpkg-deb -f depmod-deno_*.deb Maintainer";
const CHANGELOG = "dpkg-deb --fsys-tarfile depmod-deno_*.deb | " +
  "tar -xO ./usr/share/doc/depmod-deno/changelog.gz | gzip -d | sed -n 's/^ -- //p'";

Deno.test({
  name: "the package is maintained by DEBFULLNAME at DEBEMAIL, whatever is in the name",
  ignore: isMissing,
  fn: () => {
    const settings = ["DEBFULLNAME=M. O/\\&Neil", "DEBEMAIL=m@example.org"];
    const { status, stdout, stderr } = makePackage(settings, `${FIELD}; ${CHANGELOG}`);
    assertEquals([status, stderr], [0, ""]);
    const maintainer = "M. O/\\&Neil <m@example.org>";
    assertEquals(stdout, `${maintainer}\n${maintainer}  Thu, 01 Jan 1970 00:00:00 +0000\n`);
  },
});

Deno.test({
  name: "without them, nobody can be reached by the package's address",
  ignore: isMissing,
  fn: () => {
    const { stdout } = makePackage([], FIELD);
    assert(/^[^<>]+ <[^<>@]+@[^<>@]+\.invalid>\n$/.test(stdout), stdout);
  },
});

for (
  const [name, settings] of [
    ["a name without an address", ["DEBFULLNAME=M. Neil"]],
    ["an address without a name", ["DEBEMAIL=m@example.org"]],
    ["a name of two lines", ["DEBFULLNAME=M.\nNeil", "DEBEMAIL=m@example.org"]],
    ["an address in angle brackets", ["DEBFULLNAME=M. Neil", "DEBEMAIL=<m@example.org>"]],
  ] as const
) {
  Deno.test({
    name: `scripts/dist makes no package with ${name}`,
    ignore: isMissing,
    fn: () => {
      const { status, stderr } = makePackage(settings, "true");
      assertEquals(status, 1);
      assert(stderr.startsWith("scripts/dist: DEBFULLNAME and DEBEMAIL "), stderr);
    },
  });
}
