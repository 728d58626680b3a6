import { defineFilter } from "./filter.ts";

export const headerFilter = (_variant: string, _version: string) =>
  defineFilter(() => ({ onConfigure: (_size) => ({}) }));
