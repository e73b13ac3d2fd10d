// A light as our own scenes name it.
import * as THREE from "three";

export function light(given) {
  const color = new THREE.Color(...given.color), place = new THREE.Vector3(...given.position);
  if (given.kind === "ambient") return new THREE.AmbientLight(color, 1);
  if (given.kind === "hemisphere") return new THREE.HemisphereLight(color, new THREE.Color(...given.ground), 1);
  const made = new THREE.DirectionalLight(color, 1);
  made.position.copy(place);
  return made;
}
