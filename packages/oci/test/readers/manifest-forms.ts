import { MEDIA_TYPES } from "../../src/mediatypes.ts";
import { GOOD } from "./layer-forms.ts";
import { type Form, form, type Json, plain } from "./registry-writer.ts";

const { manifest: OCI, dockerManifest: DOCKER, layer: TAR } = MEDIA_TYPES;

/** Manifests that are not what JSON or the specification says. */
export function texts(): Form[] {
  const edited = (name: string, edit: (text: string) => string): Form =>
    form(`manifest: ${name}`, (registry) => registry.latest(edit(JSON.stringify(registry.image([[TAR, GOOD]]))), OCI));
  const field = (name: string, more: Json) => plain(`manifest: ${name}`, [[TAR, GOOD]], more);
  return [
    edited("as it should be", (text) => text),
    edited("text behind", (text) => `${text} and more`),
    edited("a second object behind", (text) => `${text}{"layers":[]}`),
    edited("a brace behind", (text) => `${text}}`),
    edited("white space around", (text) => `\n\t ${text}\r\n`),
    edited("a byte order mark", (text) => `\ufeff${text}`),
    edited("a form feed before", (text) => `\f${text}`),
    edited("cut", (text) => text.slice(0, -1)),
    edited("cut in half", (text) => text.slice(0, 100)),
    edited("nothing", () => ""),
    edited("null", () => "null"),
    edited("a list", (text) => `[${text}]`),
    edited("a number", () => "2"),
    edited("text", () => '"x"'),
    edited("an empty object", () => "{}"),
    edited("a comment", (text) => text.replace("{", "{/* a */")),
    edited("a comma at the end", (text) => text.replace(/\}$/, ",}")),
    edited("single quotes", (text) => text.replaceAll('"', "'")),
    edited("a number with a leading zero", (text) => text.replace(":2,", ":02,")),
    edited("a number with an exponent", (text) => text.replace(":2,", ":2e0,")),
    edited("a number with a fraction", (text) => text.replace(":2,", ":2.0,")),
    edited("a control character in text", (text) => text.replace("schemaVersion", 'x\u0001":1,"schemaVersion')),
    edited("an escape", (text) => text.replace('"layers"', '"l\\u0061yers"')),
    edited("a lone surrogate", (text) => text.replace("{", '{"x":"\\ud800",')),
    edited("layers in capitals", (text) => text.replace('"layers"', '"LAYERS"')),
    edited("layers with a long s", (text) => text.replace('"layers"', '"layer\u017f"')),
    edited("layers twice, the second empty", (text) => text.replace(/\}$/, ',"layers":[]}')),
    edited("layers twice, in two cases", (text) => text.replace(/\}$/, ',"Layers":[]}')),
    edited("layers twice, the second null", (text) => text.replace(/\}$/, ',"layers":null}')),
    edited("media type twice, in two cases", (text) => text.replace(/\}$/, `,"MediaType":"${DOCKER}"}`)),
    field("schema version 1", { schemaVersion: 1 }),
    field("no schema version", { schemaVersion: undefined }),
    field("schema version as text", { schemaVersion: "2" }),
    field("schema version beyond 64 bits", { schemaVersion: 1e30 }),
    field("no media type", { mediaType: undefined }),
    field("media type null", { mediaType: null }),
    field("media type a number", { mediaType: 3 }),
    field("no config", { config: undefined }),
    field("config null", { config: null }),
    field("config empty", { config: {} }),
    field("config text", { config: "x" }),
    field("config a list", { config: [] }),
    field("layers null", { layers: null }),
    field("layers an object", { layers: {} }),
    field("layers of nulls", { layers: [null] }),
    field("layers of numbers", { layers: [1] }),
    field("layers of lists", { layers: [[]] }),
    field("annotations", { annotations: { a: "b" } }),
    field("annotations of numbers", { annotations: { a: 1 } }),
    field("annotations null", { annotations: null }),
    field("annotations text", { annotations: "x" }),
    field("a subject", { subject: { mediaType: OCI, size: 2, digest: `sha256:${"3".repeat(64)}` } }),
    field("a malformed subject", { subject: { digest: "x" } }),
    field("a subject that is null", { subject: null }),
    field("a subject that is text", { subject: "x" }),
    field("an artifact type", { artifactType: "a/b" }),
    field("an artifact type that is a number", { artifactType: 1 }),
    field("manifests too", { manifests: [] }),
  ];
}
