import { watch } from "./deny.ts";
import { onError } from "./on-error.ts";

// The build evaluates this file before filters that name `onError`.
onError.watch = watch;
