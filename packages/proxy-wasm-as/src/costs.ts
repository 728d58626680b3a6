import { compileSource } from "./compile-source.ts";

/** A part of the SDK. */
interface Group {
  readonly name: string;
  /** The names that the code imports from the SDK. */
  readonly uses: readonly string[];
  /** One use of it, as the body of a function. */
  readonly code: string;
  /** The callbacks that belong to it. */
  readonly callbacks?: readonly string[];
}

const KEY = 'Bytes.ascii("x")';

const GROUPS: readonly Group[] = [
  { name: "a constant, such as a header's name", uses: ["Bytes"], code: `memory.copy(0, ${KEY}.data, 1);` },
  { name: "one header read", uses: ["getHeader"], code: `getHeader(0, ${KEY});` },
  {
    name: "one header added",
    uses: ["addHeader"],
    code: `addHeader(0, ${KEY}, EMPTY);`,
  },
  {
    name: "all headers read",
    uses: ["getHeaders", "PairReader", "make", "received"],
    code: "getHeaders(0); const r = make<PairReader>(); r.read(received); while (r.next()) if (!r.name.length) return;",
  },
  {
    name: "all headers set",
    uses: ["setHeaders", "Pairs"],
    code: `setHeaders(0, Pairs.make().add(${KEY}, EMPTY).bytes());`,
  },
  {
    name: "trailers",
    uses: ["getHeader"],
    code: `getHeader(1, ${KEY});`,
    callbacks: ["request_trailers", "response_trailers"],
  },
  {
    name: "bodies, configuration",
    uses: ["getBuffer", "setBuffer"],
    code: "getBuffer(0, 0, 9); setBuffer(0, 0, 9, EMPTY);",
    callbacks: ["request_body", "response_body"],
  },
  {
    name: "a local response",
    uses: ["sendLocalResponse"],
    code: "sendLocalResponse(403, EMPTY);",
  },
  { name: "a line in the log", uses: ["log"], code: `log(2, ${KEY});` },
  { name: "a counter", uses: ["Counter"], code: 'const c = Counter.named("c"); c.define(); c.add(1);' },
  { name: "a gauge", uses: ["Gauge"], code: 'const g = Gauge.named("g"); g.define(); g.set(1); g.add(1);' },
  { name: "a histogram", uses: ["Histogram"], code: 'const h = Histogram.named("h"); h.define(); h.record(1);' },
  {
    name: "state of each configuration",
    uses: ["Contexts"],
    code: "const c = new Contexts<Bytes>(); c.create(1, 0); c.set(1, EMPTY); c.of(1); c.delete(1);",
    callbacks: ["context_create", "delete"],
  },
  {
    name: "properties",
    uses: ["getProperty", "setProperty"],
    code: `getProperty(${KEY}); setProperty(${KEY}, EMPTY);`,
  },
  {
    name: "an HTTP call-out",
    uses: ["httpCall", "Calls", "receivedNumber"],
    code: `const c = new Calls(); httpCall(${KEY}, EMPTY, EMPTY, 0); c.add(<u32>receivedNumber(), 1); c.take(1);`,
    callbacks: ["http_call_response"],
  },
  {
    name: "a gRPC call",
    uses: ["grpcCall", "Calls", "receivedNumber"],
    code: `const c = new Calls(); grpcCall(${KEY}, EMPTY, EMPTY, EMPTY, 0); c.add(<u32>receivedNumber(), 1); c.take(1);`,
    callbacks: ["grpc_receive", "grpc_close"],
  },
  {
    name: "a gRPC stream",
    uses: ["grpcStream", "grpcSend", "grpcClose", "grpcCancel", "getStatus"],
    code: `grpcStream(${KEY}, EMPTY, EMPTY); grpcSend(1, EMPTY); grpcClose(1); grpcCancel(1); getStatus();`,
    callbacks: ["grpc_receive_initial_metadata", "grpc_receive", "grpc_receive_trailing_metadata", "grpc_close"],
  },
  { name: "a timer", uses: ["setTickPeriod"], code: "setTickPeriod(1000);", callbacks: ["tick"] },
  {
    name: "shared data",
    uses: ["getSharedData", "setSharedData"],
    code: `getSharedData(${KEY}); setSharedData(${KEY}, EMPTY);`,
  },
  {
    name: "a queue",
    uses: ["registerQueue", "resolveQueue", "enqueue", "dequeue"],
    code: `registerQueue(${KEY}); resolveQueue(EMPTY, ${KEY}); enqueue(1, EMPTY); dequeue(1);`,
    callbacks: ["queue_ready"],
  },
  { name: "a foreign function", uses: ["callForeignFunction"], code: `callForeignFunction(${KEY}, EMPTY);` },
  {
    name: "clocks, random bytes",
    uses: ["getTime", "getMonotonicTime", "getRandom"],
    code: "getTime(); getMonotonicTime(); getRandom(8);",
  },
  { name: "environment variables", uses: ["getVariable"], code: `getVariable(${KEY});` },
  {
    name: "a TCP filter",
    uses: ["getBuffer", "setBuffer", "closeStream"],
    code: "getBuffer(2, 0, 9); setBuffer(2, 0, 9, EMPTY); closeStream(2);",
    callbacks: ["new_connection", "downstream_data", "upstream_data", "downstream_connection_close"],
  },
];

/**
 * Measures what each part of the SDK adds to a filter that has only the SDK's minimum, in the target `raw`.
 *
 * @returns a table in Markdown
 */
export async function costs(): Promise<string> {
  const least = (await compileSource(source({ uses: [], code: "" }), "raw")).module.length;
  const rows: string[] = [];
  for (const group of GROUPS) {
    const bytes = (await compileSource(source(group), "raw")).module.length - least;
    const callbacks = group.callbacks?.map((name) => `\`${name}\``).join(", ") ?? "";
    rows.push(`| ${group.name} | ${group.uses.map((name) => `\`${name}\``).join(", ")} | ${callbacks} | ${bytes} |\n`);
  }
  return `| | of the SDK | callbacks, \`proxy_on_…\` | bytes |\n|---|---|---|--:|\n${rows.join("")}`;
}

function source({ uses, code }: Pick<Group, "uses" | "code">): string {
  const names = [...new Set(["Bytes", "EMPTY", ...uses])].join(", ");
  return `import { ${names} } from "proxy-wasm-as";
export * from "proxy-wasm-as/abi";
export function probe(): void { ${code} }
`;
}

if (import.meta.main) process.stdout.write(await costs());
