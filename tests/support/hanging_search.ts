/**
 * A process that tries cases as scripts/fuzzing/search.ts does, but hangs at case 7.
 *
 * @module
 */
import { GROUP, type News, type Share } from "../../scripts/fuzzing/search.ts";

const share: Share = JSON.parse(Deno.args[0]!);
const cases = { modules: 1, texts: 0, streams: 0, "command-lines": 0 };

function tell(news: News): void {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(news) + "\n"));
}

for (let first = share.first; first < share.end; first += GROUP) {
  if (first === 0) {
    tell({ kind: "begin", number: 7 });
    while (performance.now() >= 0); // for ever
  }
  tell({ kind: "tried", first, tally: { cases, runs: 0, peak: 0 } });
}
