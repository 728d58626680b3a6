package main

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	strict "sigs.k8s.io/json"
)

// A resource's metadata, and its kind.
type metadataInput struct {
	Kind     string          `json:"kind"`
	Metadata json.RawMessage `json:"metadata"`
}

// What an API server says to metadata: why it is refused, or nothing.
type metadataVerdict struct {
	Errors []string `json:"errors,omitempty"`
}

func init() {
	readers["metadata"] = func(input json.RawMessage) (any, error) {
		var asked metadataInput
		if err := json.Unmarshal(input, &asked); err != nil {
			return nil, err
		}
		var meta metav1.ObjectMeta
		unknown, err := strict.UnmarshalStrict(asked.Metadata, &meta)
		if err != nil {
			return metadataVerdict{Errors: []string{err.Error()}}, nil
		}
		verdict := metadataVerdict{}
		for _, one := range unknown {
			verdict.Errors = append(verdict.Errors, one.Error())
		}
		if meta.Namespace == "" {
			meta.Namespace = "default"
		}
		names := validation.NameIsDNSSubdomain
		if asked.Kind == "Service" {
			names = validation.NameIsDNS1035Label
		}
		for _, one := range validation.ValidateObjectMeta(&meta, true, names, field.NewPath("metadata")) {
			verdict.Errors = append(verdict.Errors, one.Error())
		}
		return verdict, nil
	}
}
