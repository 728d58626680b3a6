import {
  decodeUtf8,
  defineFilter,
  encodeUtf8,
  type GrpcEnd,
  MapType,
  respond,
} from "@wasm-header-filter/filter-js/guest";

const service = (method: string) => ({ upstream: "quotes", service: "quotes.Quotes", method });

/** Asks a gRPC service with `await`: for one quote, or for as many as the service sends. The messages are text, to keep the example short. */
export default defineFilter((host) => {
  const asks = host.internName("x-asks");
  const quote = host.internName("x-quote");

  const failed = ({ failure, code, text }: GrpcEnd) => `${failure} ${code} ${text}`;

  async function call(text: string): Promise<string> {
    const answer = await host.grpcCall(service("One"), encodeUtf8(text), 1000);
    return answer.message ? `${decodeUtf8(answer.message)}` : failed(answer);
  }

  async function stream(text: string, most: number): Promise<string> {
    const messages = host.grpcStream(service("Many"));
    messages.send(encodeUtf8(text), true);
    const all: string[] = [];
    for await (const message of messages) {
      all.push(decodeUtf8(message) ?? "");
      if (all.length === most) return `${all.join(", ")}, enough`;
    }
    const end = await messages.end;
    return end.failure ? failed(end) : all.join(", ");
  }

  return {
    onConfigure: () => ({}),

    async onRequestHeaders() {
      const { value: text } = host.getHeader(MapType.RequestHeaders, asks);
      if (text === undefined) return;
      const said = text.startsWith("many") ? await stream(text, 3) : await call(text);
      if (said === "nothing") respond(host, { status: 404, body: "no quote\n" });
      else host.replaceHeader(MapType.RequestHeaders, quote, said);
    },
  };
});
