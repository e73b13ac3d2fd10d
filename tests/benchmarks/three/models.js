// Draws a model with three.js as a room of dialect 3b is drawn: no tone mapping, no shadows, no reflections.
import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { DRACOLoader } from "three/addons/loaders/DRACOLoader.js";
import { MeshoptDecoder } from "three/addons/libs/meshopt_decoder.module.js";
import { light } from "./lights.js";

const renderer = new THREE.WebGLRenderer({ antialias: false, preserveDrawingBuffer: true });
renderer.toneMapping = THREE.NoToneMapping;
document.body.append(renderer.domElement);
const draco = new DRACOLoader().setDecoderPath("/three/examples/jsm/libs/draco/");

window.draw = async (given) => {
  const loader = new GLTFLoader().setDRACOLoader(draco).setMeshoptDecoder(MeshoptDecoder);
  const start = performance.now();
  const gltf = await loader.loadAsync(given.url);
  const scene = new THREE.Scene();
  scene.background = new THREE.Color().setRGB(...given.clear, THREE.SRGBColorSpace);
  scene.add(gltf.scene, ...given.lights.map(light));
  if (given.clip >= 0) {
    const mixer = new THREE.AnimationMixer(gltf.scene);
    mixer.clipAction(gltf.animations[given.clip]).play();
    mixer.setTime(given.clip_s);
  }
  const eye = given.camera, aspect = given.width / given.height, half = eye.half_height;
  const distance = new THREE.Vector3(...eye.position).distanceTo(new THREE.Vector3(...eye.target));
  const camera = eye.is_perspective
    ? new THREE.PerspectiveCamera((Math.atan(half / distance) * 360) / Math.PI, aspect, eye.near, eye.far)
    : new THREE.OrthographicCamera(-half * aspect, half * aspect, half, -half, eye.near, eye.far);
  camera.position.set(...eye.position);
  camera.lookAt(...eye.target);
  renderer.setPixelRatio(1);
  renderer.setSize(given.width, given.height);
  renderer.render(scene, camera);
  const picture = renderer.domElement.toDataURL("image/png");
  const spent = performance.now() - start;
  gltf.scene.traverse((node) => node.geometry?.dispose());
  return { picture, ms: spent };
};
window.version = () => {
  const gl = renderer.getContext(), info = gl.getExtension("WEBGL_debug_renderer_info");
  return { three: THREE.REVISION, gl: gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER) };
};
window.isReady = true;
