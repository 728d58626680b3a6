import { hrefOf } from "./place.ts";

/** The link to the list of requests, which narrow windows show in place of the list. */
export function Back() {
  return (
    <a class="back" href={hrefOf({ view: "requests" })}>
      All requests
    </a>
  );
}
