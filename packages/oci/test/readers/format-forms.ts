import { EMPTY, GOOD } from "./layer-forms.ts";
import {
  CONFIG,
  DOCKER,
  dockerLayer,
  type Form,
  form,
  INDEX,
  OCI,
  plain,
  RAW,
  TAR,
  utf8,
  wasmConfig,
} from "./registry-writer.ts";
import { MODULE, OTHER } from "./tar-writer.ts";

/** Media types and formats. */
export function formats(): Form[] {
  const types = [
    TAR,
    dockerLayer,
    RAW,
    wasmConfig,
    "application/wasm",
    "",
    `${TAR} `,
    TAR.toUpperCase(),
    TAR.replace("+gzip", ""),
  ];
  types.push(TAR.replace("gzip", "zstd"), "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", CONFIG);
  types.push("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
  const manifestTypes = [
    OCI,
    DOCKER,
    INDEX,
    "",
    "application/json",
    DOCKER.replace("v2", "v1"),
    `${DOCKER} `,
    "text/plain",
  ];
  return [
    ...types.flatMap((type): Form[] => [
      plain(`a layer of type ${JSON.stringify(type)}`, [[type, GOOD]]),
      plain(`a layer of type ${JSON.stringify(type)} in a Docker image`, [[type, GOOD]], {}, DOCKER),
      plain(`a raw layer, then one of type ${JSON.stringify(type)}`, [
        [RAW, MODULE],
        [type, EMPTY],
      ]),
      plain(`one of type ${JSON.stringify(type)}, then a raw layer`, [
        [type, EMPTY],
        [RAW, MODULE],
      ]),
      plain(`a raw module of type ${JSON.stringify(type)}`, [
        [wasmConfig, new Uint8Array()],
        [type, MODULE],
      ]),
    ]),
    ...manifestTypes.flatMap((inside): Form[] =>
      [OCI, DOCKER, "", "text/plain", `${OCI}; charset=utf-8`, DOCKER.replace("v2", "v1")].map((outside) =>
        form(`manifest of type ${JSON.stringify(inside)}, served as ${JSON.stringify(outside)}`, (registry) =>
          registry.latest(
            registry.image(
              [
                [dockerLayer, EMPTY],
                [TAR, GOOD],
              ],
              { mediaType: inside },
            ),
            outside,
          ),
        ),
      ),
    ),
    plain(
      "Docker image with a raw layer beside",
      [
        [RAW, MODULE],
        [dockerLayer, EMPTY],
      ],
      {},
      DOCKER,
    ),
    plain(
      "Docker image of two raw layers",
      [
        [RAW, MODULE],
        [RAW, OTHER],
      ],
      {},
      DOCKER,
    ),
    plain(
      "Docker image of several layers",
      [
        [dockerLayer, EMPTY],
        [dockerLayer, GOOD],
      ],
      {},
      DOCKER,
    ),
    plain("no layers", []),
    plain("no layers, Docker", [], {}, DOCKER),
    plain("one raw layer", [[RAW, MODULE]]),
    plain("two raw layers", [
      [RAW, MODULE],
      [RAW, OTHER],
    ]),
    plain("three layers, one raw", [
      [wasmConfig, new Uint8Array()],
      [RAW, MODULE],
      [wasmConfig, GOOD],
    ]),
    plain("three layers, one raw, the last a broken archive", [
      [RAW, MODULE],
      [TAR, GOOD],
      [TAR, EMPTY],
    ]),
    plain("a raw layer that is no module", [
      [wasmConfig, new Uint8Array()],
      [RAW, utf8("no module")],
    ]),
    plain("a raw layer that is empty", [
      [wasmConfig, utf8("{}")],
      [RAW, new Uint8Array()],
    ]),
    plain("a raw layer that is compressed", [
      [wasmConfig, utf8("{}")],
      [RAW, GOOD],
    ]),
    plain("several layers, the last with the module", [
      [TAR, EMPTY],
      [TAR, EMPTY],
      [TAR, GOOD],
    ]),
    plain("several layers, the first with the module", [
      [TAR, GOOD],
      [TAR, EMPTY],
    ]),
    plain("an empty layer", [[TAR, new Uint8Array()]]),
    plain("the same layer twice", [
      [TAR, GOOD],
      [TAR, GOOD],
    ]),
    plain("the same layer twice, of two types", [
      [dockerLayer, GOOD],
      [TAR, GOOD],
    ]),
    plain("the same layer twice, of two types, the other way round", [
      [TAR, GOOD],
      [dockerLayer, GOOD],
    ]),
    plain("the same raw layer twice", [
      [RAW, MODULE],
      [wasmConfig, MODULE],
    ]),
    plain("the same raw layer twice, the other way round", [
      [wasmConfig, MODULE],
      [RAW, MODULE],
    ]),
    form("the layer is the config too", (registry) =>
      registry.latest(registry.image([[TAR, GOOD]], { config: registry.blob(CONFIG, GOOD) }), OCI),
    ),
    form("the layer is the config too, with the layer's type", (registry) =>
      registry.latest(registry.image([[dockerLayer, GOOD]], { config: registry.blob(TAR, GOOD) }), OCI),
    ),
  ];
}
