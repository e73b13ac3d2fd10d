// node room.mjs CACHE MODELS GIVEN OUT CHROMIUM ANGLE FRAMES
// One room in headless Chromium, drawn by the GL that ANGLE names. Prints a line of JSON when the first picture is there
// and one after FRAMES frames, and waits for a line on stdin before each next step, so that others can look at it.
import { createServer } from "node:http";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { join, normalize, dirname } from "node:path";
import { fileURLToPath } from "node:url";

const [cache, models, givenFile, out, chromium, angle, frames] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const puppeteer = (await import(createRequire(join(cache, "x.js")).resolve("puppeteer-core"))).default;
const TYPES = { html: "text/html", js: "text/javascript" };
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
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
  args: ["--no-sandbox", "--use-gl=angle", `--use-angle=${angle}`, "--enable-unsafe-swiftshader",
         "--ignore-gpu-blocklist", "--no-first-run"],
});
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(String(error)));
  await page.goto(`http://127.0.0.1:${server.address().port}/room.html`);
  await page.waitForFunction("window.isReady", { timeout: 120_000 });
  const given = JSON.parse(await readFile(givenFile, "utf8"));
  console.log(JSON.stringify({ ...(await page.evaluate((g) => window.start(g), given)), pid: browser.process().pid }));
  await lines.next();
  const frame_ms = await page.evaluate((count) => window.frames(count), Number(frames));
  console.log(JSON.stringify({ frame_ms }));
  await lines.next();
  const picture = await page.evaluate(() => window.picture());
  await writeFile(out, Buffer.from(picture.split(",")[1], "base64"));
} finally {
  await browser.close();
  server.close();
}
process.exit(0);
