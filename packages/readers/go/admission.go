package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"istio.io/istio/manifests"
	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/config/schema/resource"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	definitions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	metavalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	strict "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// What a cluster with Istio says to a resource: why its API server refuses it, or else Istio's webhook, or nothing.
type admissionVerdict struct {
	Server  string `json:"server,omitempty"`
	Webhook string `json:"webhook,omitempty"`
}

// The limit of a recorded reason, in bytes: some repeat long values.
const reasonLimit = 60

func init() {
	readers["admission"] = func(input json.RawMessage) (any, error) {
		object := &unstructured.Unstructured{}
		if err := strict.UnmarshalCaseSensitivePreserveInts(input, &object.Object); err != nil {
			return nil, err
		}
		kind, err := kindOf(object.GetKind())
		if err != nil {
			return nil, err
		}
		refused, err := kind.refuses(object)
		if err != nil || refused != "" {
			return admissionVerdict{Server: short(refused)}, err
		}
		said, err := webhookSays(object)
		return admissionVerdict{Webhook: short(said)}, err
	}
}

// A kind of Istio's resources, as an API server serves it that has Istio's definition of it.
type servedKind struct {
	schema    *structural.Structural
	hasStatus bool
	validator validation.SchemaValidator
	rules     *cel.Validator
}

var servedKinds = map[string]*servedKind{}

// kindOf reads the definition of a kind among those that Istio ships.
func kindOf(name string) (*servedKind, error) {
	if known := servedKinds[name]; known != nil {
		return known, nil
	}
	all, err := manifests.FS.ReadFile("charts/base/files/crd-all.gen.yaml")
	if err != nil {
		return nil, err
	}
	for _, document := range bytes.Split(all, []byte("\n---\n")) {
		var definition definitions.CustomResourceDefinition
		if err := yaml.Unmarshal(document, &definition); err != nil {
			return nil, err
		}
		if definition.Spec.Names.Kind == name {
			kind, err := serves(definition)
			servedKinds[name] = kind
			return kind, err
		}
	}
	return nil, fmt.Errorf("Istio defines no %s", name)
}

func serves(definition definitions.CustomResourceDefinition) (*servedKind, error) {
	version := definition.Spec.Versions[0]
	var properties apiextensions.JSONSchemaProps
	if err := definitions.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, &properties, nil); err != nil {
		return nil, err
	}
	shape, err := structural.NewStructural(&properties)
	if err != nil {
		return nil, err
	}
	validator, _, err := validation.NewSchemaValidator(&properties)
	if err != nil {
		return nil, err
	}
	hasStatus := version.Subresources != nil && version.Subresources.Status != nil
	return &servedKind{schema: shape, hasStatus: hasStatus, validator: validator, rules: cel.NewValidator(shape, true, celconfig.PerCallLimit)}, nil
}

// refuses says why an API server with strict field validation, which kubectl asks for, does not create an object; the object is changed
// into what it would store (apiextensions-apiserver pkg/apiserver/customresource_handler.go, unstructuredSchemaCoercer).
func (kind *servedKind) refuses(object *unstructured.Unstructured) (string, error) {
	meta, found, unknown, err := objectmeta.GetObjectMetaWithOptions(object.Object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return err.Error(), nil
	}
	unknown = append(unknown, pruning.PruneWithOptions(object.Object, kind.schema, true, structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})...)
	if len(unknown) > 0 {
		return "unknown field " + slices.Min(unknown), nil
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(object.Object, kind.schema)
	defaulting.Default(object.Object, kind.schema)
	if found {
		if err := objectmeta.SetObjectMeta(object.Object, meta); err != nil {
			return "", err
		}
	}
	if kind.hasStatus {
		delete(object.Object, "status")
	}
	if object.GetNamespace() == "" {
		object.SetNamespace("default")
	}
	faults := metavalidation.ValidateObjectMetaAccessor(object, true, metavalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
	faults = append(faults, validation.ValidateCustomResource(nil, object.Object, kind.validator)...)
	faults = append(faults, listtype.ValidateListSetsAndMaps(nil, kind.schema, object.Object)...)
	if len(faults) == 0 {
		faults, _ = kind.rules.Validate(context.Background(), nil, kind.schema, object.Object, nil, celconfig.RuntimeCELCostBudget)
	}
	if len(faults) == 0 {
		return "", nil
	}
	// They come in no order.
	reasons := make([]string, len(faults))
	for at, fault := range faults {
		reasons[at] = fault.Error()
	}
	return slices.Min(reasons), nil
}

// webhookSays does what istiod's webhook does with an object (istio pkg/webhooks/validation/server/server.go, validate).
func webhookSays(object *unstructured.Unstructured) (string, error) {
	raw, err := json.Marshal(object.Object)
	if err != nil {
		return "", err
	}
	var stored crd.IstioKind
	if err := json.Unmarshal(raw, &stored); err != nil {
		return err.Error(), nil
	}
	of := stored.GroupVersionKind()
	kind, found := collections.Istio.FindByGroupKind(resource.FromKubernetesGVK(&of))
	if !found {
		return "", fmt.Errorf("Istio validates no %s", of)
	}
	converted, err := crd.ConvertObject(kind, &stored, "cluster.local")
	if err != nil {
		return err.Error(), nil
	}
	if _, err := kind.ValidateConfig(*converted); err != nil {
		return err.Error(), nil
	}
	return "", nil
}

func short(reason string) string {
	if len(reason) > reasonLimit {
		return strings.ToValidUTF8(reason[:reasonLimit], "")
	}
	return reason
}
