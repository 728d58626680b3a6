import { connect } from "node:net";
import { Patience } from "../environment/patience.ts";
import type { Exchange } from "./exchange.ts";
import { perform } from "./perform.ts";
import type { Scene } from "./scene.ts";

const LAST = Buffer.from("last");

/** The longest time without data, in ms: many times what a busy machine needs. */
const PATIENCE = 8_000;

/**
 * Carries out the client's side of an exchange, until the proxy has closed the connection.
 *
 * @param url where the proxy listens
 * @returns what is wrong if the proxy does not close it
 */
export async function converse(exchange: Exchange, url: URL, { client, upstream }: Scene): Promise<string | undefined> {
  let late: string | undefined;
  const socket = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true, noDelay: true });
  const patience = new Patience(PATIENCE, () => {
    late = `the proxy sends nothing for ${PATIENCE / 1000} s and does not close the connection`;
    socket.destroy();
  });
  const ended = () => {
    patience.end();
    client.end();
    socket.destroy();
  };
  socket.on("data", (chunk) => {
    patience.refresh();
    client.add(chunk);
  });
  socket.on("end", ended).on("error", ended).on("close", ended);
  await perform(exchange.client, socket, client, upstream);
  if (exchange.until) await client.find(exchange.until);
  if (!exchange.probe) socket.end();
  else if (socket.writable) socket.write(exchange.probe);
  if (exchange.probe && exchange.http2) {
    // HTTP/2 has no request that closes the connection.
    await client.find(LAST);
    socket.end();
  }
  await client.until(() => false);
  return late;
}
