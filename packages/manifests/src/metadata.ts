import { type Fault, within } from "./faults.ts";
import { NO_NULLS, type NullSchema } from "./nulls.ts";

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SERVICE = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)$/;

/** The limit of all annotations of a resource together, in bytes. */
const ANNOTATIONS = 256 * 1024;

/** Whether a text can be a namespace (RFC 1123 label). */
export const isNamespace = (text: string): boolean => text.length <= 63 && LABEL.test(text);

/** Whether a text can be a resource's name (RFC 1123 subdomain; its parts may be of any length). */
export const isName = (text: string): boolean =>
  text.length <= 253 && text.split(".").every((part) => LABEL.test(part));

/** Whether a text can be a Service's name (RFC 1035 label). */
export const isServiceName = (text: string): boolean => text.length <= 63 && SERVICE.test(text);

/** Whether a text can be a label's name: `NAME`, or `DOMAIN/NAME`. */
function isQualifiedName(text: string): boolean {
  const [name = "", prefix, ...rest] = text.split("/").reverse();
  if (rest.length > 0 || (prefix !== undefined && !isName(prefix))) return false;
  return name.length <= 63 && QUALIFIED.test(name);
}

type Check = (value: unknown) => Fault[];

const fault = (reason: string): Fault[] => [{ path: [], reason }];
const text: Check = (value) => (typeof value === "string" ? [] : fault("must be a text; put it into quotes"));
const integer: Check = (value) => (Number.isSafeInteger(value) ? [] : fault("must be an integer"));
const time: Check = (value) =>
  typeof value === "string" && TIME.test(value) ? [] : fault("must be a time such as 2026-01-31T12:00:00Z");
const list =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) ? value.flatMap((one, at) => within(item(one), at)) : fault("must be a list");
const texts =
  (names: (name: string) => boolean, check: Check): Check =>
  (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return fault("must be a mapping");
    return Object.entries(value).flatMap(([name, one]) => {
      if (!names(name)) return within(fault(`is no name that it may have; expected ${NAMES}`), name);
      // Null is an empty text under a name that must be valid all the same.
      return within([...text(one ?? ""), ...check(one ?? "")], name);
    });
  };
const NAMES = "NAME or DOMAIN/NAME of letters, digits, -, _ and ., at most 63 characters after the domain";

const labelValue: Check = (value) =>
  typeof value !== "string" || value === "" || (value.length <= 63 && QUALIFIED.test(value))
    ? []
    : fault("must be at most 63 letters, digits, -, _ and ., with a letter or digit at both ends");

const owner: Check = (value) => {
  const fields = ["apiVersion", "kind", "name", "uid"];
  const missing = fields.filter((name) => !(value as Record<string, unknown> | null)?.[name]);
  return missing.length === 0 ? [] : fault(`needs ${missing.join(" and ")}`);
};

/** What each field must be (apimachinery pkg/api/validation, ValidateObjectMeta). */
const FIELDS: Readonly<Record<string, Check>> = {
  name: text,
  generateName: text,
  namespace: text,
  labels: texts(isQualifiedName, labelValue),
  annotations: (value) => {
    const faults = texts(
      (name) => isQualifiedName(name.toLowerCase()),
      () => [],
    )(value);
    if (faults.length > 0) return faults;
    const size = Object.entries(value as object).reduce((sum, pair) => sum + Buffer.byteLength(pair.join("")), 0);
    return size > ANNOTATIONS ? fault(`are ${size} bytes; the limit is ${ANNOTATIONS}`) : [];
  },
  finalizers: list((value) => (typeof value === "string" && isQualifiedName(value) ? [] : fault(`must be ${NAMES}`))),
  ownerReferences: list(owner),
  creationTimestamp: time,
  deletionTimestamp: time,
  deletionGracePeriodSeconds: integer,
  generation: (value) => (Number(value) < 0 ? fault("must not be negative") : integer(value)),
  managedFields: list((value) => {
    const { operation } = (value ?? {}) as { operation?: unknown };
    return operation === "Apply" || operation === "Update" ? [] : fault("needs the operation Apply or Update");
  }),
  selfLink: text,
  uid: text,
  resourceVersion: text,
};

/** Where null is an absent field of `metadata`: not in fields that it does not have, nor behind the names of labels and annotations. */
export const METADATA_NULLS: NullSchema = {
  properties: {
    ...Object.fromEntries(Object.keys(FIELDS).map((name) => [name, NO_NULLS])),
    labels: {},
    annotations: {},
  },
};

/**
 * Faults of a resource's `metadata`, without nulls, as an API server finds them.
 *
 * @param isValidName what the kind takes for a name
 * @returns the faults, with paths from the resource
 */
export function metadataFaults(metadata: unknown, isValidName: (text: string) => boolean = isName): Fault[] {
  if (metadata !== undefined && (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)))
    return within(fault("must be a mapping"), "metadata");
  const fields = (metadata ?? {}) as Record<string, unknown>;
  const faults = Object.entries(fields).flatMap(([name, value]) => {
    const check = FIELDS[name];
    return within(check ? check(value) : fault("is no field that metadata has"), name);
  });
  return within([...faults, ...nameFaults(fields, isValidName)], "metadata");
}

function nameFaults(
  { name, generateName, namespace }: Record<string, unknown>,
  isValid: (text: string) => boolean,
): Fault[] {
  const faults: Fault[] = [];
  const letters = "lower-case letters, digits and -";
  const expected =
    isValid === isServiceName
      ? `must be ${letters} of at most 63 characters, with a letter first`
      : "must be lower-case letters, digits, - and . of at most 253 characters";
  if (typeof generateName === "string" && generateName !== "") {
    // What the API server puts characters behind may end with -.
    if (!isValid(generateName.replace(/[\s\S]-$/, "a"))) faults.push({ path: ["generateName"], reason: expected });
    if (!name) {
      const reason = 'has no effect: kubectl says "cannot use generate name with apply"; set a name';
      faults.push({ path: ["generateName"], reason });
      return faults;
    }
  }
  if (typeof name !== "string" || !isValid(name)) faults.push({ path: ["name"], reason: expected });
  if (typeof namespace === "string" && namespace !== "" && !isNamespace(namespace))
    faults.push({ path: ["namespace"], reason: `must be ${letters} of at most 63 characters` });
  return faults;
}
