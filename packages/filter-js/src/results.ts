import type { Result } from "./host.ts";
import type { Answer } from "./host-call.ts";
import { Status } from "./status.ts";

// Members by their number: taking an array apart costs an engine twenty times as much.
export function statusOf(answer: Answer): Status {
  return answer[0] as Status;
}

export function numberOf(answer: Answer): Result<number> {
  const status = statusOf(answer);
  return status === Status.Ok ? { status, value: answer[1] } : { status };
}

export function bytesFrom(answer: Answer): Result<Uint8Array> {
  const status = statusOf(answer);
  return status === Status.Ok ? { status, value: answer[2] } : { status };
}
