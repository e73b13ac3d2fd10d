// What the measurements in Chromium share: files served on a loopback port, a headless browser, lines of JSON.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = { html: "text/html", js: "text/javascript", json: "application/json", wasm: "application/wasm",
                png: "image/png", jpg: "image/jpeg" };

// Calls WORK(tab, browser, address of PAGE, which lies beside SCRIPT, an import.meta.url), then ends all of it, and the
// process: a browser that hangs shall not keep the caller waiting.
//   cache: the folder that npm installed puppeteer-core (and what is measured) into
//   given: beginning of a path -> folder, or file when the path is whole; all else lies beside the script
//   args: of Chromium, besides those that every run needs; angle: the GL that draws
export async function measure({ script, page, cache, given, chromium, angle = "swiftshader", args = [], work }) {
  const server = await serve(dirname(fileURLToPath(script)), given);
  const puppeteer = (await import(createRequire(join(cache, "x.js")).resolve("puppeteer-core"))).default;
  const browser = await puppeteer.launch({
    executablePath: chromium,
    headless: true,
    timeout: 120_000,
    protocolTimeout: 600_000,
    args: ["--no-sandbox", "--use-gl=angle", `--use-angle=${angle}`, "--enable-unsafe-swiftshader", "--no-first-run",
           ...args],
  });
  try {
    const opened = await browser.newPage();
    opened.on("pageerror", (error) => console.error(String(error)));
    await work(opened, browser, `http://127.0.0.1:${server.address().port}/${page}`);
  } finally {
    await browser.close();
    server.close();
  }
  process.exit(0);
}

async function serve(here, given) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    const start = Object.keys(given).find((each) => path.startsWith(each));
    const file = start ? join(given[start], path.slice(start.length)) : join(here, path);
    try {
      const data = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[file.split(".").pop()] ?? "application/octet-stream" });
      response.end(data);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

export const say = (what) => console.log(JSON.stringify(what));

// Tells what is so and waits for a line on stdin, so that the caller can look at the processes between two steps.
let lines = null;
export async function sayAndWait(what) {
  lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  say(what);
  await lines.next();
}

// The bytes of a picture as a page gives it, a data URL.
export const bytes = (picture) => Buffer.from(picture.split(",")[1], "base64");
