// node room.mjs CACHE MODELS GIVEN OUT CHROMIUM ANGLE FRAMES
// One room in headless Chromium, drawn by the GL that ANGLE names. Prints a line of JSON when the first picture is there
// and one after FRAMES frames, and waits for a line on stdin before each next step, so that others can look at it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bytes, measure, sayAndWait } from "../browser.mjs";

const [cache, models, roomFile, out, chromium, angle, frames] = process.argv.slice(2);
const given = { "/three/": join(cache, "node_modules/three"), "/models/": models };
const args = ["--ignore-gpu-blocklist"];

await measure({ script: import.meta.url, page: "room.html", cache, given, chromium, angle, args, work: async (tab, browser, url) => {
  await tab.goto(url);
  await tab.waitForFunction("window.isReady", { timeout: 120_000 });
  const room = JSON.parse(await readFile(roomFile, "utf8"));
  await sayAndWait({ ...(await tab.evaluate((each) => window.start(each), room)), pid: browser.process().pid });
  await sayAndWait({ frame_ms: await tab.evaluate((count) => window.frames(count), Number(frames)) });
  await writeFile(out, bytes(await tab.evaluate(() => window.picture())));
} });
