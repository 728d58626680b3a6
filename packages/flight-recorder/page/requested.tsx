import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { RequestView } from "../src/archive/recording.ts";
import { RequestDetail } from "./request-detail.tsx";
import type { Source } from "./source.ts";

/**
 * Fetches a request.
 *
 * @returns the request, an error message, or undefined while it is fetched
 */
export function useRequest(source: Source, id: number): RequestView | string | undefined {
  const [known, set] = useState<RequestView | string>();
  useEffect(() => {
    let wanted = true;
    source.request(id).then(
      (request) => wanted && set(request),
      (error: Error) => wanted && set(error.message),
    );
    return () => {
      wanted = false;
    };
  }, [source, id]);
  return known;
}

/** Fetches a request and shows what `children` returns for it, by default its details. */
export function Requested(props: {
  source: Source;
  id: number;
  children: (request: RequestView) => ComponentChildren | undefined;
}) {
  const { source, id, children } = props;
  const request = useRequest(source, id);
  if (request === undefined) return <p class="empty" aria-busy="true" />;
  if (typeof request === "string") return <p class="empty">{request}</p>;
  return <>{children(request) ?? <RequestDetail request={request} source={source} />}</>;
}
