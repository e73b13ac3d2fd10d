// node run.mjs CACHE THEME COUNT WIDTH HEIGHT FRAMES SECONDS CHROMIUM
// Serves theme and page on a loopback port, opens headless Chromium, and prints one JSON line per step. After each line
// it waits for a line on stdin, so that the caller can count processor time and memory between the steps.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, normalize, dirname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const [cache, theme, count, width, height, frames, seconds, chromium] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const puppeteer = (await import(createRequire(join(cache, "x.js")).resolve("puppeteer-core"))).default;
const TYPES = { html: "text/html", js: "text/javascript", json: "application/json", png: "image/png" };

const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url, "http://x").pathname);
  let file = join(here, path);
  if (path === "/pixi.js") file = join(cache, "node_modules/pixi.js/dist/pixi.min.js");
  else if (path.startsWith("/theme/")) file = join(theme, path.slice(7));
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
  args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
         "--disable-gpu-vsync", "--disable-frame-rate-limit", "--disable-background-timer-throttling",
         "--no-first-run", `--window-size=${width},${height}`],
});
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = async (what) => {
  console.log(JSON.stringify(what));
  await lines.next();
};
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(String(error)));
  await page.setViewport({ width: Number(width), height: Number(height) });
  await page.goto(`http://127.0.0.1:${server.address().port}/page.html`);
  const renderer = await page.evaluate(async (n, w, h) => {
    window.office = await window.build(n, w, h);
    const gl = window.office.app.renderer.gl, info = gl.getExtension("WEBGL_debug_renderer_info");
    await window.measureFrames(window.office, 12); // shaders are compiled, textures are made
    return { gl: gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER), pixi: PIXI.VERSION };
  }, Number(count), Number(width), Number(height));
  if (process.env.PIXI_PICTURE) await page.screenshot({ path: process.env.PIXI_PICTURE });
  await tell({ step: "built", pid: browser.process().pid, version: await browser.version(), ...renderer });
  await tell({ step: "rested", drawn: await page.evaluate((s) => window.rest(window.office, s), Number(seconds)) });
  await tell({ step: "moved", times: await page.evaluate((n) => window.measureFrames(window.office, n), Number(frames)) });
} finally {
  await browser.close();
  server.close();
}
process.exit(0);
