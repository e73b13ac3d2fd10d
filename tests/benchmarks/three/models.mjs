// node models.mjs CACHE MODELS CASES OUT CHROMIUM
// Draws the models of the folder MODELS in headless Chromium, and writes one PNG per case into OUT. Prints one JSON line
// about the browser and one per case.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bytes, measure, say } from "../browser.mjs";

const [cache, models, casesFile, out, chromium] = process.argv.slice(2);
const given = { "/three/": join(cache, "node_modules/three"), "/models/": models };

await measure({ script: import.meta.url, page: "models.html", cache, given, chromium, work: async (tab, browser, url) => {
  await tab.goto(url);
  await tab.waitForFunction("window.isReady", { timeout: 120_000 });
  say({ ...(await tab.evaluate("window.version()")), version: await browser.version() });
  for (const each of JSON.parse(await readFile(casesFile, "utf8"))) {
    try {
      const { picture, ms } = await tab.evaluate((one) => window.draw(one), each);
      await writeFile(join(out, `${each.id}.png`), bytes(picture));
      say({ id: each.id, ms });
    } catch (error) {
      say({ id: each.id, error: String(error.message ?? error).slice(0, 200) });
    }
  }
} });
