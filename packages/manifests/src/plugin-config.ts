/**
 * A `pluginConfig` as the bytes that Istio hands to the filter: compact JSON, keys sorted by their bytes at each level, numbers as
 * float64, `<`, `>`, `&`, U+2028 and U+2029 escaped; zero bytes when there is none (Istio pkg/util/protomarshal, ToJSON).
 *
 * @param config the field as parsed from YAML
 */
export function pluginConfigBytes(config: object | undefined): Uint8Array {
  if (config === undefined || Object.keys(config).length === 0) return new Uint8Array();
  const text = json(config).replace(/[<>&\u2028\u2029]/g, escaped);
  return new TextEncoder().encode(text);
}

const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;

// Not JSON.stringify on a sorted object: an object's keys that look like indexes always come first, in numeric order.
function json(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(json).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${json(value[key as keyof typeof value])}`).join(",")}}`;
}
