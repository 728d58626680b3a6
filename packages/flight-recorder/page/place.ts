import { useEffect, useState } from "preact/hooks";

/** The view that is shown. It is part of the URL, so that the browser's back button works. */
export type Place =
  | { readonly view: "requests"; readonly id?: number }
  | { readonly view: "replay"; readonly id: number }
  | { readonly view: "compare"; readonly id: number; readonly other: number }
  | { readonly view: "plugins" };

export const hrefOf = (place: Place): string => {
  if (place.view === "plugins") return "#/plugins";
  if (place.view === "compare") return `#/compare/${place.id}/${place.other}`;
  return place.id === undefined ? "#/requests" : `#/${place.view}/${place.id}`;
};

export const go = (place: Place): void => {
  location.hash = hrefOf(place);
};

function read(): Place {
  const [view, first, second] = location.hash.slice(2).split("/");
  const [id, other] = [Number(first), Number(second)];
  if (view === "plugins") return { view };
  if (view === "compare" && id && other) return { view, id, other };
  if (view === "replay" && id) return { view, id };
  return id ? { view: "requests", id } : { view: "requests" };
}

export function usePlace(): Place {
  const [place, set] = useState(read);
  useEffect(() => {
    const changed = () => set(read());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return place;
}
