// The office of stage_scene.py in PixiJS 8, drawn the way its documentation advises: one atlas, sprites that share it,
// texts that share one bitmap font, and no frame that nothing has changed for.
"use strict";

const STATE_OF = ["working", "idle", "working", "meeting", "working"];
const BADGE_OF = [0x16a34a, 0xf59e0b, 0x16a34a, 0x2563eb, 0x16a34a];
const MOVING_SHARE = 5; // one in five

async function build(count, width, height) {
  const app = new PIXI.Application();
  await app.init({ width, height, autoStart: false, sharedTicker: false, antialias: false, preference: "webgl",
                   background: 0x0f172a, resolution: 1 });
  document.body.appendChild(app.canvas);
  const theme = await (await fetch("/theme/theme.json")).json();
  const scale = Math.max(width / theme.canvas.width, height / theme.canvas.height);
  const room = new PIXI.Container({ scale });
  app.stage.addChild(room);
  room.addChild(new PIXI.Sprite(await PIXI.Assets.load("/theme/background.png")));
  const sheet = await PIXI.Assets.load("/theme/people.json");
  const textures = {};
  for (const [name, state] of Object.entries(theme.characters.states)) {
    textures[name] = Array.from({ length: state.frames }, (_, i) => sheet.textures[`${state.prefix}-down-${i}`]);
  }
  PIXI.BitmapFont.install({ name: "tag", style: { fontFamily: "sans-serif", fontSize: 12, fill: 0xffffff } });
  const plate = app.renderer.generateTexture(new PIXI.Graphics().roundRect(0, 0, 70, 18, 4).fill({ color: 0, alpha: 0.55 }));
  const dot = app.renderer.generateTexture(
    new PIXI.Graphics().circle(7, 7, 6).fill(0xffffff).circle(7, 7, 5).fill(0xffffff));
  const seats = theme.zones.flatMap((zone) => zone.seats);
  const figures = [], tags = new PIXI.Container();
  const people = new PIXI.Container();
  room.addChild(people, tags);
  for (let i = 0; i < count; i++) {
    const seat = seats[i % seats.length], state = STATE_OF[i % STATE_OF.length];
    const body = new PIXI.Sprite(textures[state][0]);
    body.anchor.set(0.5, 1);
    const tag = new PIXI.Container(), back = new PIXI.Sprite(plate), badge = new PIXI.Sprite(dot);
    back.anchor.set(0.5, 0.5);
    badge.anchor.set(0.5, 0.5);
    badge.position.set(18, 10);
    badge.tint = BADGE_OF[i % BADGE_OF.length];
    const name = new PIXI.BitmapText({ text: `Agent ${i}`, style: { fontFamily: "tag", fontSize: 12 }, anchor: 0.5 });
    tag.addChild(back, name, badge);
    people.addChild(body);
    tags.addChild(tag);
    const figure = { body, tag, frames: textures[state], x: seat.x, y: seat.y, moves: i % MOVING_SHARE === 0, phase: i };
    place(figure, 0);
    figures.push(figure);
  }
  return { app, figures };
}

function place(figure, x) {
  figure.body.position.set(figure.x + x, figure.y);
  figure.tag.position.set(figure.x + x, figure.y - 68);
}

function step(figures, now, isMoving) {
  const beat = Math.floor(now / 250); // 4 frames a second
  for (const figure of figures) {
    figure.body.texture = figure.frames[(beat + figure.phase) % figure.frames.length];
    if (isMoving && figure.moves) place(figure, 60 * Math.sin(now / 700 + figure.phase));
  }
}

// Frames as fast as they come: milliseconds from one to the next.
window.measureFrames = ({ app, figures }, frames) => new Promise((done) => {
  const gl = app.renderer.gl, pixel = new Uint8Array(4), times = [];
  let before = null;
  const draw = () => {
    const start = performance.now();
    step(figures, start, true);
    app.renderer.render(app.stage);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); // until it is really drawn
    const now = performance.now();
    if (before !== null) times.push({ interval: now - before, drawn: now - start });
    before = now;
    if (times.length < frames) requestAnimationFrame(draw);
    else done(times);
  };
  requestAnimationFrame(draw);
});

// Nobody walks: four frames a second are due, and no more are drawn.
window.rest = ({ app, figures }, seconds) => new Promise((done) => {
  const end = performance.now() + seconds * 1000;
  let drawn = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    step(figures, now, false);
    app.renderer.render(app.stage);
    drawn += 1;
    if (now >= end) { clearInterval(timer); done(drawn); }
  }, 250);
});

window.build = build;
