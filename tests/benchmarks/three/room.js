// A room with any number of figures that walk, drawn with three.js as dialect 3b is drawn. Frames are asked for one by
// one and waited for (a pixel is read back), so that a frame's time is what it costs.
import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { clone } from "three/addons/utils/SkeletonUtils.js";
import { light } from "./lights.js";

let renderer, scene, camera, mixers;

window.start = async (given) => {
  const begun = performance.now();
  renderer = new THREE.WebGLRenderer({ antialias: given.samples > 1, preserveDrawingBuffer: true });
  renderer.setPixelRatio(1);
  renderer.setSize(given.width, given.height);
  renderer.toneMapping = THREE.NoToneMapping;
  document.body.append(renderer.domElement);
  scene = new THREE.Scene();
  scene.background = new THREE.Color().setRGB(...given.clear, THREE.SRGBColorSpace);
  scene.add(...given.lights.map(light));
  const loader = new GLTFLoader();
  scene.add((await loader.loadAsync(given.room)).scene);
  const models = await Promise.all(given.models.map((url) => loader.loadAsync(url)));
  mixers = given.figures.map((figure) => {
    const model = models[figure.model];
    const body = clone(model.scene);
    body.position.set(...figure.position);
    scene.add(body);
    const mixer = new THREE.AnimationMixer(body);
    mixer.clipAction(THREE.AnimationClip.findByName(model.animations, "walk")).play();
    return mixer;
  });
  const eye = given.camera, half = eye.half_height, aspect = given.width / given.height;
  camera = new THREE.OrthographicCamera(-half * aspect, half * aspect, half, -half, eye.near, eye.far);
  camera.position.set(...eye.position);
  camera.lookAt(...eye.target);
  draw(0);
  const gl = renderer.getContext(), info = gl.getExtension("WEBGL_debug_renderer_info");
  return {
    ms: performance.now() - begun,
    sincePage_ms: performance.now(),
    three: THREE.REVISION,
    samples: gl.getParameter(gl.SAMPLES),
    gl: gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER),
  };
};

function draw(time_s) {
  mixers.forEach((mixer, number) => mixer.setTime(time_s + number * 0.1));
  renderer.render(scene, camera);
  const gl = renderer.getContext();
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
}

window.frames = (count) => {
  const begun = performance.now();
  for (let number = 1; number <= count; number++) draw(number / 30);
  return (performance.now() - begun) / count;
};
window.picture = () => renderer.domElement.toDataURL("image/png");
window.isReady = true;
