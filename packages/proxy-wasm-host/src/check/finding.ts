/** `error`: the filter will not work. `warning`: it may fail later. `info`: it costs more, or behaves otherwise than expected. */
export type Severity = "error" | "warning" | "info";

/** What is wrong, why it matters, and what to do. */
export interface Diagnosis {
  /** What was found, with its name. */
  readonly what: string;
  /** What Istio or Envoy does because of it; their own message if there is one. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
}

/** What a rule has found. */
export interface Finding extends Diagnosis {
  /** The rule's name. */
  readonly rule: string;
  readonly severity: Severity;
}

/** A check for one kind of fault. */
export interface Rule<Subject> {
  readonly id: string;
  readonly severity: Severity;
  /** The fault, as in a table of rules. */
  readonly refuses: string;
  /** Where the source of Istio or Envoy shows what happens, or how it was measured. */
  readonly source: string;
  /** Returns one diagnosis for each fault. */
  readonly find: (subject: Subject) => readonly Diagnosis[];
}

/** Applies rules in their order. What they quote of a subject may have line breaks; what they say has none. */
export function examine<Subject>(rules: readonly Rule<Subject>[], subject: Subject): Finding[] {
  return rules.flatMap(({ id, severity, find }) =>
    find(subject).map(({ what, why, ...diagnosis }) => ({
      rule: id,
      severity,
      what: inOneLine(what),
      why: inOneLine(why),
      ...diagnosis,
    })),
  );
}

const inOneLine = (text: string): string => text.replace(/\s*\n\s*/g, " ");

/** A rule's result: one diagnosis if the condition holds, else none. */
export const diagnosisIf = (condition: boolean, diagnosis: () => Diagnosis): Diagnosis[] =>
  condition ? [diagnosis()] : [];
