// node models.mjs CACHE MODELS CASES OUT CHROMIUM
// Serves the folder MODELS on a loopback port, opens headless Chromium, and writes one PNG per case into OUT. Prints one
// JSON line about the browser and one per case.
import { createServer } from "node:http";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, normalize, dirname } from "node:path";
import { fileURLToPath } from "node:url";

const [cache, models, casesFile, out, chromium] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const puppeteer = (await import(createRequire(join(cache, "x.js")).resolve("puppeteer-core"))).default;
const TYPES = { html: "text/html", js: "text/javascript", json: "application/json", wasm: "application/wasm",
                png: "image/png", jpg: "image/jpeg" };

const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
  let file = join(here, path);
  if (path.startsWith("/three/")) file = join(cache, "node_modules", path);
  else if (path.startsWith("/models/")) file = join(models, path.slice(8));
  try {
    const data = await readFile(file);
    response.writeHead(200, { "content-type": TYPES[file.split(".").pop()] ?? "application/octet-stream" });
    response.end(data);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const browser = await puppeteer.launch({
  executablePath: chromium,
  headless: true,
  timeout: 120_000,
  protocolTimeout: 600_000,
  args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run"],
});
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(String(error)));
  await page.goto(`http://127.0.0.1:${server.address().port}/models.html`);
  await page.waitForFunction("window.isReady", { timeout: 120_000 });
  console.log(JSON.stringify({ ...(await page.evaluate("window.version()")), version: await browser.version() }));
  for (const given of JSON.parse(await readFile(casesFile, "utf8"))) {
    try {
      const { picture, ms } = await page.evaluate((each) => window.draw(each), given);
      await writeFile(join(out, `${given.id}.png`), Buffer.from(picture.split(",")[1], "base64"));
      console.log(JSON.stringify({ id: given.id, ms }));
    } catch (error) {
      console.log(JSON.stringify({ id: given.id, error: String(error.message ?? error).slice(0, 200) }));
    }
  }
} finally {
  await browser.close();
  server.close();
}
process.exit(0);
