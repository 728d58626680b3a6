import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { Machine } from "./machine.ts";

const machine = new Machine(new Uint8Array(readFileSync(workerData)));
parentPort?.on("message", (script: string) => parentPort?.postMessage(machine.run(script)));
