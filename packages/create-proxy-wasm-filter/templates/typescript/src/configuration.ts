// Written by filter build, from configuration.schema.json.

export interface Configuration {
  /**
   * What the header x-greeting says.
   */
  greeting: string;
}
