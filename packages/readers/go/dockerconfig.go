package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/config/types"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

// A Docker configuration, and the image whose credentials are looked up in it.
type dockerConfigInput struct {
	Config string `json:"config"`
	// Whether it is in a Secret, which Istio's agent reads without files of its own.
	Secret bool   `json:"secret"`
	Image  string `json:"image"`
	// Scripts of credential helpers by name.
	Helpers map[string]string `json:"helpers"`
}

// The credentials, or why there are none.
type dockerConfigVerdict struct {
	Username      string `json:"username,omitempty"`
	Password      string `json:"password,omitempty"`
	IdentityToken string `json:"identityToken,omitempty"`
	RegistryToken string `json:"registryToken,omitempty"`
	Error         string `json:"error,omitempty"`
}

func init() {
	readers["docker-config"] = func(input json.RawMessage) (any, error) {
		var asked dockerConfigInput
		if err := json.Unmarshal(input, &asked); err != nil {
			return nil, err
		}
		image, err := name.ParseReference(asked.Image)
		if err != nil {
			return nil, err
		}
		dir, err := os.MkdirTemp("", "docker-config-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		for helper, script := range asked.Helpers {
			if err := os.WriteFile(filepath.Join(dir, "docker-credential-"+helper), []byte(script), 0o755); err != nil {
				return nil, err
			}
		}
		os.Setenv("PATH", dir+":/usr/bin:/bin")
		os.Setenv("HOME", dir)
		os.Setenv("DOCKER_CONFIG", dir)
		os.Unsetenv(configfile.DockerEnvConfigKey)
		repository := image.Context()
		var found authn.AuthConfig
		if asked.Secret {
			found, err = inSecret(asked.Config, repository.RegistryStr())
		} else {
			if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(asked.Config), 0o600); err != nil {
				return nil, err
			}
			found, err = inFile(repository)
		}
		if err != nil {
			// A helper's error names the temporary folder.
			return dockerConfigVerdict{Error: strings.ReplaceAll(err.Error(), dir, "DIR")}, nil
		}
		return dockerConfigVerdict{
			Username:      found.Username,
			Password:      found.Password,
			IdentityToken: found.IdentityToken,
			RegistryToken: found.RegistryToken,
		}, nil
	}
}

// inSecret asks docker/cli as Istio's agent does (istio pkg/wasm/imagefetcher.go, wasmKeyChain).
func inSecret(config, registry string) (authn.AuthConfig, error) {
	if config == "null" {
		return authn.AuthConfig{}, fmt.Errorf("null is no configuration")
	}
	var file configfile.ConfigFile
	if err := file.LoadFromReader(strings.NewReader(config)); err != nil {
		return authn.AuthConfig{}, err
	}
	key := registry
	if key == name.DefaultRegistry {
		key = authn.DefaultAuthKey
	}
	var entry types.AuthConfig
	entry, err := file.GetAuthConfig(key)
	return authn.AuthConfig{
		Username:      entry.Username,
		Password:      entry.Password,
		IdentityToken: entry.IdentityToken,
		RegistryToken: entry.RegistryToken,
	}, err
}

// inFile asks the keychain that is used where there is no Secret.
func inFile(repository name.Repository) (authn.AuthConfig, error) {
	found, err := authn.DefaultKeychain.Resolve(repository)
	if err != nil {
		return authn.AuthConfig{}, err
	}
	config, err := found.Authorization()
	if err != nil {
		return authn.AuthConfig{}, err
	}
	return *config, nil
}
