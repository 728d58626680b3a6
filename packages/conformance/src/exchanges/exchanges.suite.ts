import { defineExchangeTests } from "./suite.ts";

defineExchangeTests();
