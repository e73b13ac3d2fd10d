// node run.mjs CACHE THEME COUNT WIDTH HEIGHT FRAMES SECONDS CHROMIUM
// Draws a theme in headless Chromium, and prints one JSON line per step. After each line it waits for a line on stdin,
// so that the caller can count processor time and memory between the steps.
import { join } from "node:path";
import { measure, sayAndWait } from "../browser.mjs";

const [cache, theme, count, width, height, frames, seconds, chromium] = process.argv.slice(2);
const given = { "/pixi.js": join(cache, "node_modules/pixi.js/dist/pixi.min.js"), "/theme/": theme };
const args = ["--disable-gpu-vsync", "--disable-frame-rate-limit", "--disable-background-timer-throttling",
              `--window-size=${width},${height}`];

await measure({ script: import.meta.url, page: "page.html", cache, given, chromium, args, work: async (tab, browser, url) => {
  await tab.setViewport({ width: Number(width), height: Number(height) });
  await tab.goto(url);
  const renderer = await tab.evaluate(async (n, w, h) => {
    window.office = await window.build(n, w, h);
    const gl = window.office.app.renderer.gl, info = gl.getExtension("WEBGL_debug_renderer_info");
    await window.measureFrames(window.office, 12); // shaders are compiled, textures are made
    return { gl: gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER), pixi: PIXI.VERSION };
  }, Number(count), Number(width), Number(height));
  if (process.env.PIXI_PICTURE) await tab.screenshot({ path: process.env.PIXI_PICTURE });
  await sayAndWait({ step: "built", pid: browser.process().pid, version: await browser.version(), ...renderer });
  await sayAndWait({ step: "rested", drawn: await tab.evaluate((s) => window.rest(window.office, s), Number(seconds)) });
  await sayAndWait({ step: "moved", times: await tab.evaluate((n) => window.measureFrames(window.office, n), Number(frames)) });
} });
