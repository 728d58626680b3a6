/** What the web's APIs answer, by name: the same here as in Node. */
export const ANSWERS: Readonly<Record<string, () => unknown>> = {
  "text-encoder": () => [...new TextEncoder().encode("a\u00e9\u20ac\ud83d\ude00\ud800")],
  "encode-into": () => new TextEncoder().encodeInto("a\u20ac\ud83d\ude00", new Uint8Array(5)),
  "text-decoder": () => new TextDecoder().decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xc3, 0xa9, 0xff, 0xe2, 0x82)),
  "text-decoder-in-pieces"() {
    const decoder = new TextDecoder();
    const pieces = [[0xf0, 0x9f], [0x98], [0x80, 0x61, 0xe2]];
    const texts = pieces.map((piece) => decoder.decode(Uint8Array.from(piece), { stream: true }));
    return [...texts, decoder.decode()];
  },
  "text-decoder-fatal"() {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.of(0xff));
    } catch (error) {
      return (error as Error).name;
    }
  },
  url() {
    const url = new URL("../a b?q=1&r=\u00e9#f", "https://user:pw@EXAMPLE.com:443/x/y/z");
    url.searchParams.append("s", "t&u");
    return [url.href, url.host, url.pathname, url.search, url.origin, url.username];
  },
  "url-search-params": () => [...new URLSearchParams("?a=1&b=%20x+y&a=2")].map(([name, value]) => `${name}:${value}`),
  "no-url"() {
    try {
      return new URL("/path").href;
    } catch (error) {
      return (error as Error).name;
    }
  },
  base64: () => [btoa("\u0000a\u00ff"), atob(" AGH/ "), btoa(""), btoa("ab")],
  "no-base64"() {
    try {
      return atob("a");
    } catch (error) {
      return (error as Error).name;
    }
  },
  "structured-clone"() {
    const given = { date: new Date(0), map: new Map([[1, new Set([2])]]), bytes: Uint8Array.of(1), list: [null] };
    const cloned = structuredClone(given);
    return [cloned !== given, cloned.date.getTime(), [...(cloned.map.get(1) ?? [])], [...cloned.bytes], cloned.list];
  },
  "queue-microtask": () => new Promise((resolve) => queueMicrotask(() => resolve("done"))),
  performance() {
    const [first, second] = [performance.now(), performance.now()];
    return second >= first && first >= 0;
  },
  random() {
    const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
    const bytes = crypto.getRandomValues(new Uint8Array(64));
    return [
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(first),
      first !== second,
      new Set(bytes).size > 16,
    ];
  },
  digest: async () =>
    [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("abc")))].slice(0, 4),
  async hmac() {
    const key = await crypto.subtle.importKey(
      "raw",
      new TextEncoder().encode("key"),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign", "verify"],
    );
    const text = new TextEncoder().encode("text");
    const signature = await crypto.subtle.sign("HMAC", key, text);
    return [
      await crypto.subtle.verify("HMAC", key, signature, text),
      await crypto.subtle.verify("HMAC", key, signature, Uint8Array.of(1)),
    ];
  },
};
