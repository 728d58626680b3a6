package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// The largest module that Istio's agent takes, in bytes (ISTIO_WASM_MAX_BINARY_SIZE_BYTES).
const moduleLimit = 256 << 20

const rawModule types.MediaType = "application/vnd.module.wasm.content.layer.v1+wasm"

// An image as a registry stores it. Bytes are base64.
type storedImage struct {
	// By tag and by digest.
	Manifests map[string]storedManifest `json:"manifests"`
	Blobs     map[string][]byte         `json:"blobs"`
}

type storedManifest struct {
	Type  string `json:"type"`
	Bytes []byte `json:"bytes"`
}

// What Istio's agent extracts from an image or a download, or why it refuses it.
type moduleVerdict struct {
	// The digest of the module; 16 digits are enough to compare.
	Module string `json:"module,omitempty"`
	// The digest of the image's manifest.
	Image string `json:"image,omitempty"`
	// Set if the agent refuses what it extracted: it does not begin as a module does.
	Invalid bool   `json:"invalid,omitempty"`
	Error   string `json:"error,omitempty"`
}

func init() {
	readers["image"] = func(input json.RawMessage) (any, error) {
		var stored storedImage
		if err := json.Unmarshal(input, &stored); err != nil {
			return nil, err
		}
		image, module, err := fetchImage(stored)
		return verdictOf(image, module, err), nil
	}
}

func verdictOf(image string, module []byte, err error) moduleVerdict {
	if err != nil {
		return moduleVerdict{Error: err.Error()}
	}
	sum := sha256.Sum256(module)
	return moduleVerdict{Module: hex.EncodeToString(sum[:])[:16], Image: image, Invalid: !isModule(module)}
}

// isModule is what the agent's cache requires of a module (istio pkg/wasm/cache.go, isValidWasmBinary).
func isModule(b []byte) bool {
	return len(b) >= 8 && bytes.HasPrefix(b, []byte("\x00asm"))
}

// fetchImage does what Istio's agent does with an oci:// URL (istio pkg/wasm/imagefetcher.go), against a registry in memory.
func fetchImage(stored storedImage) (digest string, module []byte, err error) {
	// The agent allocates what a header of the archive says, which panics if that is too much.
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	ref, err := name.ParseReference("registry.example/image:latest")
	if err != nil {
		return "", nil, err
	}
	desc, err := remote.Get(ref, remote.WithTransport(stored), remote.WithRetryStatusCodes())
	if err != nil {
		return "", nil, fmt.Errorf("manifest: %w", err)
	}
	image, err := desc.Image()
	if err != nil {
		return "", nil, fmt.Errorf("image: %w", err)
	}
	hash, err := image.Digest()
	if err != nil {
		return "", nil, err
	}
	manifest, err := image.Manifest()
	if err != nil {
		return "", nil, fmt.Errorf("manifest: %w", err)
	}
	if manifest.MediaType == types.DockerManifestSchema2 {
		module, err = lastLayer(image, types.DockerLayer)
		return hash.Hex[:16], module, err
	}
	module, compat := lastLayer(image, types.OCILayer)
	if compat == nil {
		return hash.Hex[:16], module, nil
	}
	module, artifact := rawLayer(image)
	if artifact == nil {
		return hash.Hex[:16], module, nil
	}
	return "", nil, fmt.Errorf("compat: %w; oci: %w", compat, artifact)
}

// lastLayer extracts plugin.wasm from the last layer, which must have the given media type.
func lastLayer(image v1.Image, wanted types.MediaType) ([]byte, error) {
	layers, err := image.Layers()
	if err != nil {
		return nil, err
	}
	if len(layers) == 0 {
		return nil, errors.New("no layers")
	}
	last := layers[len(layers)-1]
	found, err := last.MediaType()
	if err != nil {
		return nil, err
	}
	if found != wanted {
		return nil, fmt.Errorf("media type %s", found)
	}
	content, err := last.Compressed()
	if err != nil {
		return nil, err
	}
	defer content.Close()
	return pluginOf(content)
}

// rawLayer reads the first raw module of an image with two layers.
func rawLayer(image v1.Image) ([]byte, error) {
	layers, err := image.Layers()
	if err != nil {
		return nil, err
	}
	if len(layers) != 2 {
		return nil, fmt.Errorf("%d layers", len(layers))
	}
	for _, layer := range layers {
		found, err := layer.MediaType()
		if err != nil {
			return nil, err
		}
		if found != rawModule {
			continue
		}
		content, err := layer.Compressed()
		if err != nil {
			return nil, err
		}
		defer content.Close()
		return io.ReadAll(io.LimitReader(content, moduleLimit))
	}
	return nil, errors.New("no raw module")
}

func pluginOf(layer io.Reader) ([]byte, error) {
	plain, err := gzip.NewReader(layer)
	if err != nil {
		return nil, err
	}
	archive := tar.NewReader(io.LimitReader(plain, moduleLimit))
	for {
		header, err := archive.Next()
		if err != nil {
			return nil, err
		}
		content := make([]byte, header.Size)
		if filepath.Base(header.Name) == "plugin.wasm" {
			_, err := io.ReadFull(archive, content)
			return content, err
		}
	}
}

// RoundTrip answers as a registry does.
func (stored storedImage) RoundTrip(request *http.Request) (*http.Response, error) {
	path := strings.TrimPrefix(request.URL.Path, "/v2/image/")
	kind, what, _ := strings.Cut(path, "/")
	header := http.Header{}
	if kind == "manifests" {
		if manifest, ok := stored.Manifests[what]; ok {
			header.Set("Content-Type", manifest.Type)
			return answer(request, http.StatusOK, header, manifest.Bytes), nil
		}
	}
	if kind == "blobs" {
		if blob, ok := stored.Blobs[what]; ok {
			return answer(request, http.StatusOK, header, blob), nil
		}
	}
	if request.URL.Path == "/v2/" {
		return answer(request, http.StatusOK, header, nil), nil
	}
	return answer(request, http.StatusNotFound, header, nil), nil
}

func answer(request *http.Request, status int, header http.Header, body []byte) *http.Response {
	return &http.Response{
		StatusCode:    status,
		Status:        http.StatusText(status),
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       request,
	}
}
