/**
 * Compressed modules to be damaged: those of the real tools, and damaged modules that are packed as
 * they are, so that checksums fit. The bytes at both ends, where formats keep their headers, are
 * damaged more often than others; streams are doubled, or followed by one of another format.
 *
 * @module
 */
import { listFiles } from "./test_data.ts";
import { applyEdits, type DrawEdit, type Edit, insertAt } from "./edits.ts";
import * as edits from "./edits.ts";
import { drawModule } from "./modules.ts";
import { pick, type Random } from "../../tests/support/random.ts";
import { packGzip, packXz, packZstd, skippableFrame } from "../../tests/support/pack.ts";

const PACKERS = [packGzip, packXz, packZstd];

/** Draws a compressed module, and the damage. */
export function drawStream(random: Random): { original: Uint8Array; edits: Edit[] } {
  if (random(4) === 0) return { original: drawPacked(random), edits: [] };
  const streams = random(2000) === 0 ? listBombs() : listStreams();
  const original = random(4) === 0 ? drawPacked(random) : pick(streams, random);
  return { original, edits: edits.drawEdits(original, random, WAYS) };
}

/** A damaged module, in a valid stream. */
function drawPacked(random: Random): Uint8Array {
  const { original, edits } = drawModule(random);
  const module = applyEdits(original, edits);
  return pick(PACKERS, random)(module.length > 0 ? module : Uint8Array.of(0));
}

let streams: Uint8Array[] | undefined;
let bombs: Uint8Array[] | undefined;

function listStreams(): readonly Uint8Array[] {
  return streams ??= listFiles("compressed", /\/(?!zeros)[^/]*$/);
}

/** Small files that unpack to 64 MiB: each takes as long as hundreds of others. */
function listBombs(): readonly Uint8Array[] {
  return bombs ??= listFiles("compressed", /\/zeros[^/]*$/);
}

const WAYS: readonly DrawEdit[] = [
  edits.turnBit,
  edits.setByte,
  edits.cut,
  edits.removePart,
  edits.repeatPart,
  edits.double,
  setOuterByte,
  setOuterByte,
  setOuterByte,
  addStream,
];

/** Sets one of the first or last bytes. */
function setOuterByte(bytes: Uint8Array, random: Random): Edit {
  const place = random(Math.min(32, bytes.length) + 1);
  const at = random(3) > 0 ? place : bytes.length - place;
  return edits.overwrite(at, Uint8Array.of(pick([random(256), random(8), 0xff, 0x80], random)));
}

/** Adds something in front of the stream or after it. */
function addStream(bytes: Uint8Array, random: Random): Edit {
  const padding = new Uint8Array(random(70));
  const added = pick([padding, skippableFrame(padding), pick(listStreams(), random)], random);
  return insertAt(random(4) === 0 ? 0 : bytes.length, added);
}
