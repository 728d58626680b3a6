/** How bad it is: `error` keeps the filter from working, `warning` bites later, `info` costs or surprises. */
export type Severity = "error" | "warning" | "info";

/** What is wrong, in words. */
export interface Diagnosis {
  /** What was found, naming names. */
  readonly what: string;
  /** What Istio or Envoy does because of it, in their own words where they have some. */
  readonly why: string;
  /** What to do. */
  readonly fix: string;
}

export interface Finding extends Diagnosis {
  /** The rule's name. */
  readonly rule: string;
  readonly severity: Severity;
}

/** One thing that can be wrong with a subject. */
export interface Rule<Subject> {
  readonly id: string;
  readonly severity: Severity;
  /** What must not be, in half a sentence. */
  readonly refuses: string;
  /** Where Istio or Envoy does what the rule foretells. */
  readonly source: string;
  /** What is wrong with a subject: nothing, or one diagnosis for each fault. */
  readonly find: (subject: Subject) => readonly Diagnosis[];
}

/** Holds a subject against rules: what they find, in their order. */
export function examine<Subject>(rules: readonly Rule<Subject>[], subject: Subject): Finding[] {
  return rules.flatMap(({ id, severity, find }) =>
    find(subject).map((diagnosis) => ({ rule: id, severity, ...diagnosis })),
  );
}

/** A rule's result: one diagnosis if the condition holds, else none. */
export const diagnosisIf = (condition: boolean, diagnosis: () => Diagnosis): Diagnosis[] =>
  condition ? [diagnosis()] : [];
