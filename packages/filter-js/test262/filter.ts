import { BufferType, defineFilter, LogLevel } from "../src/guest.ts";

// The tests may delete what they test.
const { String: toText, decodeURIComponent: decode, escape: percentEncode } = globalThis;

/** Runs its configuration as scripts, which the line `// then` separates, and logs what they print and how they ended. */
export default defineFilter((host) => ({
  onConfigure(size: number) {
    const print = (text: unknown) => host.log(LogLevel.Warn, toText(text));
    Object.defineProperty(globalThis, "print", { value: print, writable: true, configurable: true });
    const bytes = host.getBuffer(BufferType.PluginConfiguration, 0, size).value ?? new Uint8Array();
    let text = "";
    for (let at = 0; at < bytes.length; at += 1024) text += toText.fromCharCode(...bytes.subarray(at, at + 1024));
    try {
      // biome-ignore lint/security/noGlobalEval: the tests are scripts; called this way, they are global code.
      for (const script of decode(percentEncode(text)).split("\n// then\n")) globalThis.eval(script);
      print("Test262:End");
    } catch (error) {
      const name = (error as Error | undefined)?.constructor?.name;
      print(`Test262:Threw:${name}: ${toText((error as Error | undefined)?.message ?? error)}`);
    }
    return {};
  },
}));
