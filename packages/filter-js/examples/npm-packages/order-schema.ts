/** What `validate-order.generated.js` is generated from, by Ajv. */
export const ORDER = {
  type: "object",
  properties: {
    id: { type: "string", minLength: 2, pattern: "^[a-z]+$" },
    count: { type: "integer", minimum: 1 },
  },
  required: ["id", "count"],
  additionalProperties: false,
};
