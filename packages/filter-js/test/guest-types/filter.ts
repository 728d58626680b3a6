import { Action, defineFilter, property } from "@wasm-header-filter/filter-js/guest";

/** Is checked with the guest's own types: what a filter has is known, and what it lacks is not. */
export default defineFilter((host) => ({
  onConfigure(size) {
    const bytes = new TextEncoder().encode(new URL("/a", "http://b").href);
    setTimeout((text: string) => console.warn(text, size), 1, atob("YQ=="));
    crypto.subtle.digest("SHA-256", bytes).then((digest) => new TextDecoder("utf-8", { fatal: true }).decode(digest));
    return { id: crypto.randomUUID(), started: performance.now(), copy: structuredClone({ size }) };
  },
  onRequestHeaders({ id, copy }) {
    // @ts-expect-error: no filter has it
    if (copy.size > 1) fetch(id);
    // @ts-expect-error: no filter has it
    document.title = property(host, "source.address").value;
    // @ts-expect-error: no filter has it
    process.exit();
    // @ts-expect-error: only these
    crypto.subtle.encrypt();
    return Action.Continue;
  },
}));
