import { httpAnswer } from "./async-http.ts";
import { hostMethods } from "./host-methods.ts";

// The build evaluates this file before filters that name the host's `httpCall`.
hostMethods.httpCall = httpAnswer;
