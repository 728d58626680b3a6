import { useState } from "preact/hooks";
import type { Header, ReplayRequest, RequestView } from "../src/archive/recording.ts";
import { size } from "./format.ts";
import { go, hrefOf } from "./place.ts";

/** Headers that are fields of the form, or that the proxy sets itself. */
const NOT_SHOWN = new Set(["x-forwarded-proto", "x-request-id", ":path", ":method", ":scheme", ":authority"]);

/** A form to edit a recorded request and send it again. */
export function ReplayForm({
  request,
  send,
}: {
  request: RequestView;
  send: (request: ReplayRequest) => Promise<number>;
}) {
  const { id, method, path } = request;
  const before = request.request.before ?? [];
  const lines = before.filter(([name]) => !NOT_SHOWN.has(name)).map(([name, value]) => `${name}: ${value}`);
  const host = before.find(([name]) => name === ":authority")?.[1];
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const field = (name: string) => String(form.get(name) ?? "");
    const body = field("body");
    setBusy(true);
    try {
      const headers = [...(host ? [["host", host] as const] : []), ...parseHeaders(field("headers"))];
      const other = await send({
        of: id,
        method: field("method"),
        path: field("path"),
        headers,
        ...(body && { body }),
      });
      go({ view: "compare", id, other });
    } catch (problem) {
      setError((problem as Error).message);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <h2>Replay #{id}</h2>
      <div class="line">
        <label>
          Method
          <input name="method" defaultValue={method} required size={8} autocapitalize="characters" />
        </label>
        <label class="wide">
          Path
          <input name="path" defaultValue={path} required />
        </label>
      </div>
      <label>
        Headers, one to a line (masked values are not sent)
        <textarea name="headers" rows={Math.max(4, lines.length + 1)} spellcheck={false}>
          {lines.join("\n")}
        </textarea>
      </label>
      <label>
        Body{request.requestSize > 0 && ` (bodies are not recorded; this one had ${size(request.requestSize)})`}
        <textarea name="body" rows={3} spellcheck={false} />
      </label>
      {error && <p role="alert">{error}</p>}
      <p class="actions">
        <button type="submit" disabled={busy}>
          Send
        </button>
        <a class="button" href={hrefOf({ view: "requests", id })}>
          Cancel
        </a>
      </p>
    </form>
  );
}

function parseHeaders(text: string): Header[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const at = line.indexOf(":", 1);
      if (at < 0) throw new Error(`${JSON.stringify(line)}: expected NAME: VALUE`);
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    });
}
