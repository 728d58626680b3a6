package main

import (
	"encoding/json"

	"sigs.k8s.io/yaml"
)

// What Kubernetes reads: the document as JSON, or why it is refused.
type yamlVerdict struct {
	JSON  json.RawMessage `json:"json,omitempty"`
	Error string          `json:"error,omitempty"`
}

func init() {
	readers["yaml"] = func(input json.RawMessage) (any, error) {
		var text string
		if err := json.Unmarshal(input, &text); err != nil {
			return nil, err
		}
		read, err := yaml.YAMLToJSONStrict([]byte(text))
		if err != nil {
			return yamlVerdict{Error: err.Error()}, nil
		}
		return yamlVerdict{JSON: read}, nil
	}
}
