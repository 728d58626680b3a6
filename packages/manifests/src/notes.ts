import type { Path } from "./documents.ts";
import type { ExtensionModule } from "./extension.ts";
import type { Note } from "./yaml.ts";

/** The comment on a configuration that Istio delivers. */
export const REFUSED = [
  "If the module refuses this, a starting proxy answers every request with 500, even with FAIL_OPEN. A running proxy keeps",
  "the configuration that it has. The proxy's log has the reason: configuration refused: REASON.",
].join("\n");

/** The comments on what happens when the module traps. */
export const CRASHED: Readonly<Record<string, string>> = {
  FAIL_OPEN: "If the module crashes, its request fails, and later ones pass without the filter.",
  FAIL_CLOSE: "If the module crashes, its request and all later ones are answered 503.",
  FAIL_RELOAD: "If the module crashes, requests are answered 503 until it is loaded again, about a second later.",
};

/**
 * The comments on a module that Istio's agent fetches.
 *
 * @param at where its fields are in the resource
 */
export function moduleNotes(module: ExtensionModule, at: Path): Note[] {
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

function fetchNote({ url, failStrategy }: ExtensionModule): string {
  if (url.startsWith("file:")) {
    return "A file in the istio-proxy container. If it is missing, the proxy refuses the plugin and logs the reason.";
  }
  const then =
    failStrategy === "FAIL_OPEN"
      ? "requests pass without the filter"
      : 'every request is answered 403 "RBAC: access denied"';
  return `If the pull fails, ${then}, and the log of the istio-proxy container has the reason.`;
}

function movedNote({ url, imagePullPolicy, sha256 }: ExtensionModule): string {
  if (url.startsWith("file:")) return "If the file is replaced, restart the pod.";
  if (sha256 || url.includes("@sha256:")) return "The digest is pinned: when the tag moves, nothing changes here.";
  const always = imagePullPolicy === "Always" || (!imagePullPolicy && /^oci:.*(?::latest|\/[^:]*)$/.test(url));
  return always
    ? "When the tag moves, proxies pull the new image only after this resource changes."
    : "When the tag moves, proxies that have the image keep it, and others pull the new one; --digest pins it.";
}
