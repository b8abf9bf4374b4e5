/**
 * The golden trees as descriptions: scripts/golden builds the roots from them. Each case aims at
 * one thing. There are only cases in which this program and the reference must agree.
 *
 * Files must not hold the root's path. An external directory is given relative to the working
 * directory, which is the root; what lies outside of the tree is shown (-n), not written.
 *
 * @module
 */
import { readCompressed } from "./compressed.ts";
import { buildModule, latin1, type ModuleSpec } from "./elf_builder.ts";
import { packXz, packZstd } from "./pack.ts";
import { MODULES, type TreeSpec, VERSION } from "./tree.ts";

/** A golden tree as described. */
export interface GoldenCase extends TreeSpec {
  /** Name of the case's directory. */
  readonly name: string;
  /** Arguments, with `@` for the root's path; `-b @ 6.1.0-test` by default. */
  readonly args?: readonly string[];
}

const EM_SPARC = 2;
const EM_68K = 4;
const EM_SPARC32PLUS = 18;
const EM_PPC64 = 21;
const EM_SPARCV9 = 43;
const STT_REGISTER = 13;

/** A module without anything. */
const PLAIN: ModuleSpec = {};

/** A module with these aliases. */
function aliases(...patterns: string[]): ModuleSpec {
  return { modinfo: patterns.map((pattern) => `alias=${pattern}`) };
}

/** Modules without anything, at these paths. */
function plain(...paths: string[]): Record<string, ModuleSpec> {
  return Object.fromEntries(paths.map((path) => [path, PLAIN]));
}

/** Arguments that name a configuration file of the root, then the usual ones. */
const CONFIGURED = ["-C", "@/depmod.conf", "-b", "@", VERSION];

/** Three modules in a row: top needs middle and base, middle needs base. */
const CHAIN: Record<string, ModuleSpec> = {
  "kernel/top.ko": { needs: ["middle_go", "base_go"] },
  "kernel/lib/middle.ko": { exports: ["middle_go"], needs: ["base_go"] },
  "kernel/lib/base.ko": { exports: ["base_go"] },
};

/** Two modules that need each other. */
function pair(first: string, second: string): Record<string, ModuleSpec> {
  return {
    [`kernel/${first}.ko`]: { exports: [`${first}_go`], needs: [`${second}_go`] },
    [`kernel/${second}.ko`]: { exports: [`${second}_go`], needs: [`${first}_go`] },
  };
}

/** Modules, each of which needs those listed, by the last part of their names. */
function needing(graph: Readonly<Record<string, readonly string[]>>): Record<string, ModuleSpec> {
  return Object.fromEntries(
    Object.entries(graph).map(([name, needs]) => {
      const exports = [`${name.replace(/.*-/, "")}_go`];
      return [`${name}.ko`, { exports, needs: needs.map((need) => `${need}_go`) }];
    }),
  );
}

/** A whole small tree, as a distribution might ship it. */
const DISTRIBUTION: Record<string, ModuleSpec> = {
  "kernel/fs/ext4/ext4.ko": {
    needs: ["jbd2_journal_start", "mb_cache_create", "crc16", "printk"],
    modinfo: ["license=GPL", "softdep=pre: crc32c", "alias=ext3", "alias=fs-ext3", "alias=fs-ext4"],
    versions: [{ name: "module_layout", crc: 0x12345678 }, { name: "crc16", crc: 0x89abcdef }],
  },
  "kernel/fs/jbd2/jbd2.ko": {
    exports: [
      { name: "jbd2_journal_start", crc: 0x11223344 },
      { name: "jbd2_journal_stop", crc: 0xfedcba98, form: "section" },
    ],
    needs: ["printk", "crc16"],
    modinfo: ["license=GPL"],
  },
  "kernel/fs/mbcache.ko": { exports: ["mb_cache_create", "mb_cache_destroy"] },
  "kernel/lib/crc16.ko": { exports: [{ name: "crc16", crc: 0x89abcdef }] },
  "kernel/drivers/net/ethernet/intel/e1000/e1000.ko": {
    needs: ["mii_link_ok"],
    modinfo: [
      "alias=pci:v00008086d0000100Esv*sd*bc*sc*i*",
      "alias=pci:v00008086d0000100Fsv*sd*bc*sc*i*",
      "alias=pci:v00008086d00001010sv*sd*bc*sc*i*",
      "weakdep=ptp",
      "depends=mii",
    ],
  },
  "kernel/drivers/net/mii.ko": { exports: ["mii_link_ok"] },
  "kernel/drivers/hid/hid-generic.ko": aliases("hid:b*g0001v*p*", "hid:b[0-9]*g0003-v*p*"),
  "kernel/fs/fuse/fuse.ko": aliases("fs-fuse", "devname:fuse", "char-major-10-229"),
  "extra/out-of-tree.ko": { needs: ["jbd2_journal_stop"], modinfo: ["weakdep=ext4"] },
};

const CONTENT_CASES: readonly GoldenCase[] = [
  {
    name: "default",
    modules: DISTRIBUTION,
    builtin: ["kernel/fs/binfmt_script.ko", "kernel/crypto/crc32c-generic.ko"],
    builtinModinfo: [
      "binfmt_script.license=GPL",
      "crc32c_generic.alias=crypto-crc32c",
      "crc32c_generic.alias=crc32c-generic",
      "crc32c_generic.file=crypto/crc32c_generic",
    ],
  },
  {
    name: "default-without-order",
    modules: DISTRIBUTION,
    order: null,
  },
  {
    name: "alias-normalised",
    modules: {
      "a.ko": aliases("of:N*T*Cvendor,some-device", "acpi*:PNP0C0A:*", "dash-[a-z]-dash", "--"),
      "b-c.ko": aliases("[-]", "[[-]", "[^-]-[-]", "a-b[c-d]e-f[g-h]", "under_score"),
    },
  },
  {
    name: "alias-unmatched-bracket",
    modules: {
      "a.ko": aliases("good", "open[a", "close]a", "both]a[b", "[a]]", "[a[b", "[", "]"),
      "b.ko": aliases("open[a"),
    },
  },
  {
    name: "alias-duplicates",
    modules: {
      "a.ko": aliases("same", "same", "shared"),
      "b.ko": aliases("shared", "same-after", "same_after"),
      "c.ko": aliases("shared"),
    },
  },
  {
    name: "alias-forks",
    modules: {
      "a.ko": aliases("a", "ab", "abc", "abd", "abde", "b", "~", "!", "a b", "abcdefgh", "abcxyz"),
      "b.ko": aliases("abcdefghij", "abcdefg", "z", "zz", "zzz", "abcdxfgh"),
    },
  },
  {
    name: "alias-empty",
    modules: { "a.ko": aliases("", "x"), "b.ko": aliases("") },
  },
  {
    name: "alias-of-three-modules-out-of-order",
    order: ["c.ko", "a.ko", "b.ko"],
    modules: { "a.ko": aliases("x", "y"), "b.ko": aliases("x", "y"), "c.ko": aliases("x") },
  },
  {
    name: "modinfo-keys",
    modules: {
      "a.ko": { modinfo: ["aliases=no", "alia=no", "alias", "Alias=no", "alias=yes=yes", "=no"] },
      "b.ko": { modinfo: ["softdep", "softdeps=no", "weakdep", "xalias=no", "alias =no"] },
      "c.ko": { modinfo: [] },
    },
  },
  {
    name: "softdep-weakdep",
    modules: {
      "kernel/a-b.ko": {
        modinfo: ["softdep=pre: x y post: z", "softdep=post: w", "weakdep=v", "weakdep=u t"],
      },
      "kernel/c.ko": { modinfo: ["weakdep=a-b", "softdep=pre: a-b", "softdep=pre: a-b"] },
      "kernel/d.ko": { modinfo: ["softdep=", "weakdep="] },
    },
  },
  {
    name: "softdep-beyond-ascii",
    modules: { "a.ko": { modinfo: ["softdep=pre: caf\u00c3\u00a9", "weakdep=\u00ff\u0080"] } },
  },
  {
    name: "devname",
    modules: {
      "char.ko": aliases("char-major-10-229", "devname:fuse"),
      "block-dev.ko": aliases("devname:mapper/x", "block-major-7-3"),
      "both.ko": aliases("block-major-1-2", "char-major-3-4", "devname:both"),
      "star.ko": aliases("devname:star", "char-major-5-*"),
      "lacks.ko": aliases("devname:lacks"),
      "only.ko": aliases("char-major-9-9"),
      "twice.ko": aliases("devname:one", "devname:two", "char-major-1-1", "devname:three"),
      "tail.ko": aliases("char-major-4-5-more", "devname:tail"),
    },
  },
  {
    name: "devname-none",
    modules: { "lacks.ko": aliases("devname:lacks"), "other.ko": PLAIN },
  },
  {
    name: "module-names",
    modules: plain(
      "kernel/a-b-c.ko",
      "kernel/two.dots.ko",
      "kernel/.hidden/in-hidden.ko",
      "kernel/UPPER.ko",
      "kernel/123.ko",
      "kernel/a+b,c=d.ko",
      "kernel/dir.ko/inside.ko",
      "kernel/ko.ko",
      "x.ko",
    ),
    files: {
      [`${MODULES}/kernel/not-a-module.o`]: "",
      [`${MODULES}/kernel/not-a-module.KO`]: "",
      [`${MODULES}/kernel/ko`]: "",
      [`${MODULES}/kernel/.ko`]: "",
    },
  },
  {
    name: "builtin",
    modules: plain("a.ko"),
    builtin: [
      "kernel/fs/a-b.ko",
      "kernel/fs/a_b.ko",
      "kernel/c.ko.xz",
      "d.",
      "kernel/lib/ab.ko",
      "kernel/two.dots.ko",
    ],
    builtinModinfo: [
      "a.alias=one",
      "a.alias=two-with-dash",
      "b.alias=one",
      "a.description=x.y=z",
      "c.parm=alias:text",
      "c.alias=open[",
      "d.alias=",
      "",
      "e.alias=a=b",
      "f.aliases=no",
      "g-h.alias=dash-in-name",
    ],
  },
  {
    name: "builtin-empty",
    modules: plain("a.ko"),
    builtin: [],
    builtinModinfo: [],
  },
  {
    name: "builtin-odd-lines",
    modules: plain("a.ko"),
    files: {
      [`${MODULES}/modules.builtin`]: "kernel/a.ko\n\n1.ko\n /b.ko\nkernel/c.ko\n#d.ko\nlast.ko",
      [`${MODULES}/modules.builtin.modinfo`]: "nodot\0a.alias=x\0b.noequals\0c.alias=y\0d.alias=z",
    },
  },
  {
    name: "old-files-replaced",
    modules: CHAIN,
    files: {
      [`${MODULES}/modules.dep`]: "stale.ko:\n".repeat(30),
      [`${MODULES}/modules.dep.bin`]: "stale",
      [`${MODULES}/modules.devname`]: "stale\n",
      [`${MODULES}/modules.other`]: "kept\n",
    },
  },
];

const SYMBOL_CASES: readonly GoldenCase[] = [
  {
    name: "chain",
    modules: CHAIN,
    order: ["kernel/lib/base.ko", "kernel/top.ko", "kernel/lib/middle.ko"],
  },
  {
    name: "diamond",
    modules: {
      "top.ko": { needs: ["left", "right", "left", "absent"] },
      "left.ko": { exports: ["left"], needs: ["base1", "deep"] },
      "right.ko": { exports: ["right"], needs: ["base2"] },
      "base.ko": { exports: ["base1", "base2"], needs: ["deep"] },
      "deep.ko": { exports: ["deep"] },
      "other.ko": { needs: ["deep", "right", "base1"] },
    },
  },
  {
    name: "hash-order",
    order: null,
    modules: Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        `kernel/d${i % 3}/${"mod_ule-x".slice(0, 1 + i % 9)}${i * 37}.ko`,
        {
          exports: [`sym_${i}`, `${"qwertyuiop".slice(i % 10)}_${i * 11}`],
          needs: [`sym_${(i * 7) % 40 > i ? (i * 7) % 40 : 40}`],
        },
      ]),
    ),
  },
  {
    name: "crc-forms",
    modules: {
      "a.ko": {
        exports: [
          { name: "absolute", crc: 0x80000001 },
          { name: "section1", crc: 1, form: "section" },
          { name: "undefined", crc: 3, form: "undefined" },
          { name: "section2", crc: 2, form: "section" },
        ],
      },
      "b.ko": { ksymtabStrings: ["named_one", "named_two"], needs: ["section2"] },
      "c.ko": { ksymtabStrings: ["not_taken"], exports: ["taken"], needs: ["named_two"] },
      "d.ko": { needs: ["not_taken", "taken", "absolute", "undefined"] },
    },
  },
  {
    name: "need-by-version-only",
    modules: {
      "a.ko": { versions: [{ name: "module_layout", crc: 1 }, { name: "b_go", crc: 2 }] },
      "b.ko": { exports: ["b_go"] },
    },
  },
  {
    name: "weak",
    args: ["-b", "@", "-e", "-F", "@/System.map", VERSION],
    modules: {
      "a.ko": {
        needs: [
          { name: "weak_missing", weak: true },
          { name: "weak_there", weak: true },
          "strong_missing",
        ],
      },
      "b.ko": { exports: ["weak_there"] },
    },
    files: { "System.map": "c0000000 r __ksymtab_printk\n" },
  },
  {
    name: "symbol-twice",
    order: ["first.ko", "user.ko", "second.ko"],
    modules: {
      "first.ko": { exports: ["shared", "first_only"] },
      "second.ko": { exports: ["shared", "second_only"] },
      "user.ko": { needs: ["shared"] },
    },
  },
  {
    name: "symbol-twice-other-order",
    order: ["second.ko", "user.ko", "first.ko"],
    modules: {
      "first.ko": { exports: ["shared", "first_only"] },
      "second.ko": { exports: ["shared", "second_only"] },
      "user.ko": { needs: ["shared", "first_only"] },
    },
  },
  {
    name: "self-need",
    modules: { "a.ko": { exports: ["a_go"], needs: ["a_go"] }, "b.ko": PLAIN },
  },
  { name: "cycle", modules: { ...pair("a", "b"), "kernel/c.ko": { needs: ["a_go"] } } },
  { name: "cycle-without-order", modules: pair("yin", "yang"), order: null },
  { name: "cycles-apart", modules: { ...pair("a", "b"), "plain.ko": PLAIN, ...pair("x", "y") } },
  {
    name: "cycles-of-three-and-four",
    modules: needing({
      "mod-loop-a": ["b", "f", "g"],
      "mod-loop-b": ["c", "f", "g"],
      "mod-loop-c": ["a", "f", "g"],
      "mod-loop-d": ["e"],
      "mod-loop-e": ["d"],
      "mod-loop-f": [],
      "mod-loop-g": [],
      "mod-loop-h": ["i"],
      "mod-loop-i": ["j"],
      "mod-loop-j": ["h", "k"],
      "mod-loop-k": ["h"],
    }),
    order: null,
  },
  {
    name: "cycles-with-modules-behind",
    modules: needing({
      p: ["q", "t"],
      q: ["p", "r"],
      r: ["p", "s"],
      s: [],
      t: ["u"],
      u: ["s"],
      m: ["n"],
      n: ["m"],
      self: ["self"],
    }),
  },
  {
    name: "cycle-keeps-old-files",
    modules: pair("a", "b"),
    files: { [`${MODULES}/modules.dep`]: "old\n" },
  },
];

const ELF_CASES: readonly GoldenCase[] = [
  { name: "elf32-little", modules: chainOf({ bits: 32 }) },
  { name: "elf32-big-m68k", modules: chainOf({ bits: 32, little: false, machine: EM_68K }) },
  { name: "elf32-big-ppc", modules: chainOf({ bits: 32, little: false }) },
  { name: "elf64-big-s390x", modules: chainOf({ little: false }) },
  {
    name: "elf64-big-ppc64-dots",
    modules: {
      "top.ko": {
        little: false,
        machine: EM_PPC64,
        needs: [".base_go", "TOC.", "..twice", { name: ".weak", weak: true }],
      },
      "base.ko": { little: false, machine: EM_PPC64, exports: ["base_go", ".twice", "weak"] },
    },
    args: ["-e", "-F", "@/System.map", "-b", "@", VERSION],
    files: { "System.map": "c000000000000000 r __ksymtab_printk\n" },
  },
  { name: "elf-mixed-shapes", modules: mixedShapes() },
  { name: "sparc64-registers", modules: registers({ little: false, machine: EM_SPARCV9 }) },
  {
    name: "sparc32-registers",
    modules: registers({ bits: 32, little: false, machine: EM_SPARC }),
  },
  {
    name: "sparc32plus-registers",
    modules: registers({ bits: 32, little: false, machine: EM_SPARC32PLUS }),
  },
  { name: "type-13-is-a-need-elsewhere", modules: registers({}) },
  {
    name: "broken-modules",
    modules: CHAIN,
    order: null,
    files: {
      [`${MODULES}/kernel/empty.ko`]: "",
      [`${MODULES}/kernel/text.ko`]: "This is no module, but a text of some length.\n".repeat(3),
      [`${MODULES}/kernel/short.ko`]: "\x7fELF\x02\x01",
      [`${MODULES}/kernel/truncated.ko`]: buildModule({ exports: ["gone"] }).slice(0, 100),
      [`${MODULES}/kernel/cut-late.ko`]: buildModule({ exports: ["gone"] }).slice(0, -1),
      [`${MODULES}/kernel/no-symtab.ko`]: buildModule({
        omit: [".symtab"],
        ksymtabStrings: ["kept"],
        modinfo: ["alias=kept", "softdep=pre: kept"],
      }),
      [`${MODULES}/kernel/no-strtab.ko`]: buildModule({
        omit: [".strtab"],
        needs: ["base_go"],
        modinfo: ["alias=kept"],
      }),
      [`${MODULES}/kernel/odd-entry-size.ko`]: buildModule({ header: { e_shentsize: 63 } }),
      [`${MODULES}/kernel/class-3.ko`]: changed(buildModule(), 4, 3),
      [`${MODULES}/kernel/order-3.ko`]: changed(buildModule(), 5, 3),
    },
  },
  {
    name: "suffixes-without-compression",
    order: ["top.ko", "kernel/a.ko", "kernel/b.ko"],
    modules: {
      "kernel/a.ko.xz": { exports: ["a_go"], needs: ["b_go"] },
      "kernel/b.ko.xz": { exports: ["b_go"] },
      "top.ko.zst": { needs: ["a_go"] },
    },
  },
];

/** Modules with compressed content, by their paths; the bytes of a file decide what it is. */
const COMPRESSED_CASES: readonly GoldenCase[] = [
  {
    name: "compressed-xz",
    order: Object.keys(DISTRIBUTION),
    files: packed(DISTRIBUTION, { suffix: ".xz", pack: packXz }),
  },
  {
    name: "compressed-zstd",
    order: Object.keys(DISTRIBUTION),
    files: packed(DISTRIBUTION, { suffix: ".zst", pack: packZstd }),
  },
  {
    name: "compressed-without-order",
    order: null,
    files: {
      ...packed(DISTRIBUTION, { suffix: ".xz", pack: packXz }),
      ...packed(CHAIN, { suffix: ".zst", pack: packZstd }),
    },
  },
  {
    name: "compressed-by-the-tools",
    order: ["kernel.ko", "blocks.ko", "streams.ko", "user.ko", "checksum.ko", "no-checksum.ko"],
    modules: { "user.ko": { needs: ["example_function_1"] } },
    files: Object.fromEntries(
      [
        "xz/kernel.xz",
        "xz/blocks.xz",
        "xz/streams.xz",
        "xz/check-none.xz",
        "zstd/checksum.zst",
        "zstd/no-checksum.zst",
      ].map((name) => {
        const path = name.replace(/.*\/(.*)\./, "$1.ko.");
        return [`${MODULES}/${path}`, readCompressed(name)];
      }),
    ),
  },
  {
    name: "compressed-under-other-names",
    modules: { "kernel/plain.ko.xz": { exports: ["plain_go"], needs: ["in_plain_go"] } },
    order: ["kernel/plain.ko", "kernel/in-plain.ko", "kernel/in-xz.ko", "kernel/in-zst.ko"],
    files: {
      [`${MODULES}/kernel/in-plain.ko`]: packXz(buildModule({ exports: ["in_plain_go"] })),
      [`${MODULES}/kernel/in-xz.ko.xz`]: packZstd(buildModule({ needs: ["plain_go"] })),
      [`${MODULES}/kernel/in-zst.ko.zst`]: packXz(buildModule({ needs: ["in_plain_go"] })),
    },
  },
  {
    name: "compressed-text",
    modules: CHAIN,
    files: {
      [`${MODULES}/kernel/text.ko.xz`]: packXz(latin1("This is no module.\n".repeat(5))),
      [`${MODULES}/kernel/other.ko.zst`]: packZstd(latin1("This is another text.\n".repeat(5))),
      [`${MODULES}/kernel/half.ko.xz`]: packXz(buildModule({ exports: ["gone"] }).slice(0, 100)),
    },
  },
];

/** Files of modules that are packed, with a suffix after their paths. */
function packed(
  modules: Readonly<Record<string, ModuleSpec>>,
  { suffix, pack }: { suffix: string; pack: (module: Uint8Array) => Uint8Array },
): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(modules).map(([path, spec]) => {
      return [`${MODULES}/${path}${suffix}`, pack(buildModule(spec))];
    }),
  );
}

/** CHAIN in another shape, with CRCs and aliases. */
function chainOf(shape: ModuleSpec): Record<string, ModuleSpec> {
  const exported = { name: "base_go", crc: 0x01020304, form: "section" as const };
  return {
    "kernel/top.ko": {
      ...shape,
      needs: ["middle_go", "base_go"],
      modinfo: ["alias=top-alias", "softdep=pre: other"],
      versions: [{ name: "base_go", crc: 0x01020304 }, { name: "module_layout", crc: 0xa0b0c0d0 }],
    },
    "kernel/middle.ko": { ...shape, exports: ["middle_go"], needs: ["base_go"] },
    "kernel/base.ko": { ...shape, exports: [exported] },
    "kernel/strings.ko": { ...shape, ksymtabStrings: ["string_go"] },
  };
}

function mixedShapes(): Record<string, ModuleSpec> {
  return {
    "a.ko": { bits: 32, exports: ["a_go"], needs: ["b_go"] },
    "b.ko": { bits: 32, little: false, exports: ["b_go"], needs: ["c_go"] },
    "c.ko": { bits: 64, exports: ["c_go"], needs: ["d_go"] },
    "d.ko": { bits: 64, little: false, exports: ["d_go"] },
  };
}

/** A module with an undefined symbol of type 13, and one that exports its name. */
function registers(shape: ModuleSpec): Record<string, ModuleSpec> {
  return {
    "user.ko": { ...shape, needs: [{ name: "g2_go", type: STT_REGISTER }, "base_go"] },
    "g2.ko": { ...shape, exports: ["g2_go"] },
    "base.ko": { ...shape, exports: ["base_go"] },
  };
}

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  bytes[at] = value;
  return bytes;
}

const FIVE = plain("kernel/a.ko", "kernel/b.ko", "extra/c.ko", "kernel/d-e.ko", "kernel/f.ko");

const ORDER_CASES: readonly GoldenCase[] = [
  {
    name: "order-complete",
    modules: FIVE,
    order: ["kernel/f.ko", "kernel/d-e.ko", "extra/c.ko", "kernel/b.ko", "kernel/a.ko"],
  },
  { name: "order-partial", modules: FIVE, order: ["kernel/f.ko", "kernel/a.ko"] },
  {
    name: "order-duplicates",
    modules: FIVE,
    order: ["kernel/f.ko", "kernel/a.ko", "kernel/f.ko", "extra/c.ko", "kernel/a.ko"],
  },
  {
    name: "order-missing-newline",
    modules: FIVE,
    files: { [`${MODULES}/modules.order`]: "kernel/f.ko\nkernel/a.ko" },
  },
  { name: "order-empty", modules: FIVE, order: [] },
  { name: "order-absent", modules: FIVE, order: null },
  {
    name: "order-odd-lines",
    modules: FIVE,
    order: [
      "",
      "kernel/none.ko",
      "f.ko",
      "/kernel/f.ko",
      " kernel/b.ko",
      "kernel/d_e.ko",
      "kernel/b",
      "kernel/d-e.ko",
      "kernel/a.ko ",
      "kernel/f.ko",
    ],
  },
];

const LINK_CASES: readonly GoldenCase[] = [
  {
    name: "links",
    modules: { ...CHAIN, "real/d.ko": PLAIN },
    order: null,
    links: {
      [`${MODULES}/kernel/linked.ko`]: "../../outside/file.ko",
      [`${MODULES}/kernel/directory`]: "../../outside/directory",
    },
    files: {
      "lib/modules/outside/file.ko": buildModule({ needs: ["base_go"], modinfo: ["alias=linked"] }),
      "lib/modules/outside/directory/deep.ko": buildModule({ exports: ["deep_go"] }),
    },
  },
  {
    name: "build-and-source-skipped",
    modules: plain("kernel/a.ko", "build/b.ko", "source/c.ko", "kernel/build/d.ko", "builds/e.ko"),
    order: null,
    links: { [`${MODULES}/kernel/source`]: "nowhere" },
  },
];

/** Two modules of one name, whose aliases show which one was taken. */
function twins(first: string, second: string, ...more: string[]): Record<string, ModuleSpec> {
  return Object.fromEntries(
    [first, second, ...more].map((directory) => [
      `${directory}/twin.ko`,
      aliases(`from-${directory.replaceAll("/", "-")}`),
    ]),
  );
}

/** A case with a configuration file. */
function configured(name: string, config: string, tree: TreeSpec): GoldenCase {
  const files = { "depmod.conf": config, ...tree.files };
  return { name, args: CONFIGURED, ...tree, files };
}

/** The same, on stdout: that shows enough, and paths of external modules are absolute. */
function shown(name: string, config: string, tree: TreeSpec): GoldenCase {
  return { ...configured(name, config, tree), args: ["-n", ...CONFIGURED] };
}

const CONFIG_CASES: readonly GoldenCase[] = [
  shown("config-empty", "", { modules: twins("kernel", "updates") }),
  configured("search-order", "search extra updates\n", {
    modules: { ...twins("kernel", "extra", "updates"), "kernel/plain.ko": PLAIN },
  }),
  shown("search-reversed", "search updates extra\n", {
    modules: twins("kernel", "extra", "updates"),
  }),
  shown("search-built-in-first", "search built-in updates\n", {
    modules: twins("kernel", "updates"),
  }),
  shown("search-built-in-last", "search updates built-in\n", {
    modules: twins("kernel", "updates"),
  }),
  shown("search-twice", "search extra\nsearch built-in updates\n", {
    modules: twins("kernel", "extra", "updates"),
  }),
  shown("search-deep", "search kernel/drivers kernel built-in\n", {
    modules: twins("kernel/drivers/net", "kernel/net", "updates"),
  }),
  shown("search-part-of-a-name", "search up updates-dkms built-in\n", {
    modules: twins("updates", "updates-dkms"),
  }),
  configured("override", "override twin * kernel\n", { modules: twins("kernel", "updates") }),
  shown("override-by-pattern", "override twin ^6\\\\.[0-9]+ extra\n", {
    modules: twins("extra", "kernel", "updates"),
  }),
  shown("override-other-version", "override twin ^5\\\\. kernel\n", {
    modules: twins("kernel", "updates"),
  }),
  shown("override-twice", "override twin * kernel\noverride twin * extra\n", {
    modules: twins("extra", "kernel", "updates"),
  }),
  shown("override-other-module", "override other * kernel\n", {
    modules: twins("kernel", "updates"),
  }),
  shown("override-dashes", "override a_b * kernel\noverride c-d * kernel\n", {
    modules: plain("kernel/a-b.ko", "updates/a-b.ko", "kernel/c-d.ko", "updates/c-d.ko"),
  }),
  shown("external", "search external built-in\nexternal * other\n", {
    modules: { "kernel/twin.ko": aliases("from-kernel") },
    order: null,
    files: {
      "other/twin.ko": buildModule(aliases("from-external")),
      "other/deep/alone.ko": buildModule({ needs: ["absent"] }),
    },
  }),
  shown("external-last", "search built-in external\nexternal ^6 other\n", {
    modules: { "kernel/twin.ko": aliases("from-kernel") },
    files: { "other/twin.ko": buildModule(aliases("from-external")) },
  }),
  shown("external-two", "search external built-in\nexternal * one\nexternal * two\n", {
    modules: plain("kernel/a.ko"),
    files: {
      "one/twin.ko": buildModule(aliases("from-one")),
      "two/twin.ko": buildModule(aliases("from-two")),
    },
  }),
  shown("external-twins", "search built-in external\nexternal * one\nexternal * two\n", {
    modules: plain("kernel/a.ko"),
    files: {
      "one/twin.ko": buildModule(aliases("from-one")),
      "two/twin.ko": buildModule(aliases("from-two")),
    },
  }),
  shown("external-other-version", "external ^5 other\nsearch external\n", {
    modules: plain("kernel/a.ko"),
    files: { "other/twin.ko": buildModule(PLAIN) },
  }),
  shown("external-absent", "external * nowhere\n", { modules: plain("kernel/a.ko") }),
  configured("exclude", "exclude twin.ko drivers\nexclude b.ko\n", {
    modules: plain("kernel/a.ko", "kernel/twin.ko", "kernel/drivers/c.ko", "extra/b.ko"),
  }),
  shown(
    "config-lines",
    "# search built-in\n\n  \t\nsearch \\\n  updates \\\n\tbuilt-in # extra\nbogus line\n" +
      "include other.conf\nmake_map_files no\noverride twin *\nexternal *\nexclude\nsearch\n" +
      "searches x\n\\#x\n",
    { modules: twins("kernel", "updates", "extra") },
  ),
  shown("config-last-line-without-newline", "search built-in updates\noverride twin * extra", {
    modules: twins("kernel", "updates", "extra"),
  }),
  {
    name: "config-directories",
    args: ["-n", "-C", "@/etc", "-C", "@/lib/depmod.d", "-C", "@/single.conf", "-b", "@", VERSION],
    modules: twins("kernel", "updates", "extra"),
    files: {
      "etc/a.conf": "search built-in\n",
      "etc/b.conf": "bogus-b-etc\n",
      "etc/.hidden.conf": "bogus-hidden\n",
      "etc/text.txt": "bogus-text\n",
      "etc/sub.conf/x.conf": "bogus-sub\n",
      "lib/depmod.d/b.conf": "bogus-b-lib\n",
      "lib/depmod.d/0.conf": "search updates\n",
      "single.conf": "search extra\nbogus-single\n",
    },
  },
];

const SYMVERS = [
  "0x11111111\tprintk\tvmlinux\tEXPORT_SYMBOL\t",
  "0x22222222\tkmalloc\tvmlinux\tEXPORT_SYMBOL_GPL\t",
  "0x33333333\tbase_go\tdrivers/base\tEXPORT_SYMBOL\t",
  "nonsense\tbad_crc\tvmlinux\tEXPORT_SYMBOL\t",
  "0x44444444",
  "",
  "0x55555555 spaced vmlinux EXPORT_SYMBOL",
  "0x66666666\tno_export\tvmlinux",
  "0x77777777\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t",
  "",
].join("\n");

/** Modules whose records of versions agree and disagree with SYMVERS. */
const VERSIONED: Record<string, ModuleSpec> = {
  "user.ko": {
    needs: ["printk", "kmalloc", "base_go", "spaced", "no_export", "missing", "unversioned"],
    versions: [
      { name: "module_layout", crc: 0x77777777 },
      { name: "printk", crc: 0x11111111 },
      { name: "kmalloc", crc: 0x2222222f },
      { name: "base_go", crc: 0x9 },
      { name: "spaced", crc: 0x55555555 },
      { name: "missing", crc: 1 },
    ],
  },
  "base.ko": { exports: [{ name: "base_go", crc: 8 }, "unversioned"] },
  "weak.ko": { needs: [{ name: "printk", weak: true }, { name: "nowhere", weak: true }, "TOC."] },
};

const SYSTEM_MAP = [
  "ffffffff81000000 T _text",
  "ffffffff81000010 T printk",
  "ffffffff82a3c1d0 r __ksymtab_printk",
  "ffffffff82a3c1d4 r __ksymtab_kmalloc",
  "ffffffff82a3c1d8 r __ksymtab_spaced extra",
  "nospace",
  "one space",
  "",
  "ffffffff82a3c1dc r __ksymtab_last",
].join("\n");

/** A run on CHAIN with these arguments. */
function onChain(name: string, ...args: string[]): GoldenCase {
  return { name, args, modules: CHAIN };
}

const OPTION_CASES: readonly GoldenCase[] = [
  { name: "show", args: ["-n", "-b", "@", VERSION], modules: DISTRIBUTION },
  onChain("show-with-outdir", "-n", "-o", "@/out", "-b", "@", VERSION),
  onChain("verbose", "-v", "-b", "@", VERSION),
  onChain("verbose-show", "-nv", "-b", "@", VERSION),
  {
    name: "warn",
    args: ["-w", "-b", "@", VERSION],
    modules: {
      "a.ko": aliases("same", "same", "shared", "x-y", "x_y"),
      "b.ko": aliases("shared", "same", "same", "same"),
    },
  },
  { name: "errsyms-alone", args: ["-e", "-b", "@", VERSION], modules: VERSIONED },
  {
    name: "errsyms-symvers",
    args: ["-e", "-E", "@/Module.symvers", "-b", "@", VERSION],
    modules: VERSIONED,
    files: { "Module.symvers": SYMVERS.replace("nonsense", "0x0") },
  },
  {
    name: "errsyms-symvers-elf32-big",
    args: ["-e", "-E", "@/Module.symvers", "-b", "@", VERSION],
    modules: Object.fromEntries(
      Object.entries(VERSIONED).map(([path, spec]) => [path, { ...spec, bits: 32, little: false }]),
    ),
    files: { "Module.symvers": SYMVERS.replace("nonsense", "0x0") },
  },
  {
    name: "symvers-without-errsyms",
    args: ["-E", "@/Module.symvers", "-b", "@", VERSION],
    modules: VERSIONED,
    files: { "Module.symvers": SYMVERS.replace("nonsense", "0x0") },
  },
  {
    name: "errsyms-system-map",
    args: ["-e", "-F", "@/System.map", "-b", "@", VERSION],
    modules: VERSIONED,
    files: { "System.map": SYSTEM_MAP },
  },
  {
    name: "errsyms-both-files",
    args: ["-e", "-F", "@/System.map", "-E", "@/Module.symvers", "-b", "@", VERSION],
    modules: VERSIONED,
    files: { "System.map": SYSTEM_MAP, "Module.symvers": SYMVERS.replace("nonsense", "0x0") },
  },
  {
    name: "kernel-symbol-taken-over",
    args: ["-F", "@/System.map", "-b", "@", VERSION],
    modules: { "a.ko": { exports: ["printk"] }, "b.ko": { needs: ["printk", "kmalloc"] } },
    files: { "System.map": SYSTEM_MAP },
  },
  {
    name: "symbol-prefix",
    args: ["-P", "_", "-e", "-F", "@/System.map", "-b", "@", VERSION],
    modules: {
      "a.ko": { exports: ["_a_go", "__a_go", "plain"], needs: ["_printk", "printk"] },
      "b.ko": { needs: ["_a_go", "a_go", "__a_go", "_plain", "._plain", "_.plain", "___a_go"] },
    },
    files: { "System.map": "c0 r ___ksymtab_printk\nc1 r __ksymtab_kmalloc\n" },
  },
  onChain("outdir", "-o", "@/out", "-b", "@", VERSION),
  onChain("outdir-relative", "-o", "out/deep", "-b", "@", VERSION),
  {
    name: "moduledir",
    args: ["-m", "usr/lib/modules", "-b", "@", VERSION],
    modules: {},
    files: {
      [`usr/lib/modules/${VERSION}/a.ko`]: buildModule({ needs: ["b_go"] }),
      [`usr/lib/modules/${VERSION}/b.ko`]: buildModule({ exports: ["b_go"] }),
      [`usr/lib/modules/${VERSION}/modules.builtin`]: "b.ko\n",
      [`usr/lib/modules/${VERSION}/modules.builtin.modinfo`]: "",
    },
  },
  {
    name: "moduledir-with-slashes-and-outdir",
    args: ["--moduledir=//kernels", "-o", "@/out", "-b", "@", VERSION],
    modules: {},
    files: {
      [`kernels/${VERSION}/a.ko`]: buildModule(PLAIN),
      [`kernels/${VERSION}/modules.builtin`]: "b.ko\n",
      [`kernels/${VERSION}/modules.builtin.modinfo`]: "",
    },
  },
  onChain("basedir-relative", "-v", "-b", ".", VERSION),
  onChain("basedir-with-slash", "-v", "-b", "@/", VERSION),
  onChain("long-options", "--verb", "--basedir=@", "--out", "@/out", "--all", VERSION),
  onChain("options-behind-operands", VERSION, "-nb@"),
  onChain(
    "operands",
    "-b",
    "@",
    VERSION,
    `@/${MODULES}/kernel/top.ko`,
    `@/${MODULES}/kernel/lib/base.ko`,
  ),
  {
    name: "operands-outside",
    args: ["-n", "-b", "@", VERSION, "@/other/x-y.ko", `@/${MODULES}/kernel/lib/base.ko`],
    modules: CHAIN,
    files: { "other/x-y.ko": buildModule({ needs: ["base_go"], modinfo: ["alias=outside"] }) },
  },
  onChain("operands-with-all", "-a", "-b", "@", VERSION, `@/${MODULES}/kernel/top.ko`),
  onChain("operand-relative", "-b", "@", VERSION, `${MODULES}/kernel/top.ko`),
  onChain("operand-absent", "-b", "@", VERSION, `@/${MODULES}/kernel/none.ko`),
  onChain(
    "operand-twice",
    "-b",
    "@",
    VERSION,
    `@/${MODULES}/kernel/top.ko`,
    `@/${MODULES}/kernel/top.ko`,
  ),
];

const USAGE_CASES: readonly GoldenCase[] = [
  onChain("usage-bad-version", "-b", "@", "six"),
  onChain("usage-unknown-letter", "-b", "@", "-Z", VERSION),
  onChain("usage-unknown-word", "-b", "@", "--zzz", VERSION),
  onChain("usage-ambiguous", "--s", "-b", "@", VERSION),
  onChain("usage-needless-argument", "--all=yes", "-b", "@", VERSION),
  onChain("usage-missing-argument", VERSION, "-b"),
  onChain("usage-long-prefix-character", "-P", "ab", "-b", "@", VERSION),
  onChain("usage-after-dashes", "-b", "@", "--", VERSION, "-n"),
  onChain("absent-tree", "-b", "@", "6.9.9"),
  onChain("absent-symvers", "-e", "-E", "@/none", "-b", "@", VERSION),
  onChain("absent-system-map", "-F", "@/none", "-b", "@", VERSION),
];

/** All golden trees. */
export const GOLDEN_CASES: readonly GoldenCase[] = [
  ...CONTENT_CASES,
  ...SYMBOL_CASES,
  ...ELF_CASES,
  ...COMPRESSED_CASES,
  ...ORDER_CASES,
  ...LINK_CASES,
  ...CONFIG_CASES,
  ...OPTION_CASES,
  ...USAGE_CASES,
];
