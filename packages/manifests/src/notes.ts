import type { Path } from "./documents.ts";
import type { WasmModule } from "./extension.ts";
import type { Note } from "./yaml.ts";

/** What to know of a configuration, wherever it stands. */
export const REFUSED = [
  "If the module refuses this, a proxy that starts with it answers 500 to every request, FAIL_OPEN or not;",
  "one that has a good configuration keeps it. The proxy's log says why: configuration refused: REASON.",
].join("\n");

/** What to know when the module traps. */
export const CRASHED: Readonly<Record<string, string>> = {
  FAIL_OPEN: "If the module crashes, its request fails, and later ones pass without the filter.",
  FAIL_CLOSE: "If the module crashes, its request and all later ones are answered 503.",
  FAIL_RELOAD: "If the module crashes, requests are answered 503 until it is loaded afresh, about a second later.",
};

/**
 * What to know of a module that Istio's agent fetches.
 *
 * @param at where its fields are in the resource
 */
export function moduleNotes(module: WasmModule, at: Path): Note[] {
  const { url, failStrategy, sha256 } = module;
  const notes: Note[] = [{ at: [...at, "url"], text: `${fetchNote(module)}\n${movedNote(module)}` }];
  if (sha256 && url.startsWith("oci:")) {
    notes.push({ at: [...at, "sha256"], text: "Of the image's manifest, not of the wasm file." });
  }
  notes.push({ at: [...at, "pluginConfig"], text: REFUSED });
  const crashed = failStrategy && CRASHED[failStrategy];
  if (crashed) notes.push({ at: [...at, "failStrategy"], text: crashed });
  return notes;
}

function fetchNote({ url, failStrategy }: WasmModule): string {
  if (url.startsWith("file:")) {
    return "A file in the istio-proxy container. If it is missing, the proxy refuses the plugin and says so in its log.";
  }
  const then =
    failStrategy === "FAIL_OPEN"
      ? "requests pass without the filter"
      : 'every request is answered 403 "RBAC: access denied"';
  return `If the pull fails, ${then}, and the log of the istio-proxy container says why.`;
}

function movedNote({ url, imagePullPolicy, sha256 }: WasmModule): string {
  if (url.startsWith("file:")) return "A file that is replaced is seen when the pod starts anew.";
  if (sha256 || url.includes("@sha256:"))
    return "The digest names the bytes: when the tag moves, nothing changes here.";
  const always = imagePullPolicy === "Always" || (!imagePullPolicy && /^oci:.*(?::latest|\/[^:]*)$/.test(url));
  return always
    ? "When the tag moves, proxies see it only once this resource changes: then they ask the registry again."
    : "When the tag moves, proxies that have the image keep it, others pull the new one: a digest would pin it.";
}
