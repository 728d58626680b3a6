package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// A registry that answers by a script, and what is asked of it.
type registryInput struct {
	// pull, put-manifest or put-blob.
	Task     string `json:"task"`
	Manifest string `json:"manifest"`
	Layer    string `json:"layer"`
	// A pull secret, HOST in it is the registry's.
	Secret string `json:"secret"`
	// How long all of it may take, in milliseconds; 0 is forever.
	Limit int `json:"limit"`
	// The rules of the registry, and of a second server that it may name.
	Registry []registryRule `json:"registry"`
	Other    []registryRule `json:"other"`
}

// The answer to requests; the first rule that fits is taken.
type registryRule struct {
	// Empty is each method.
	Method string `json:"method"`
	// A path without its query; an * at its end stands for anything.
	Path string `json:"path"`
	// What the header must be.
	Authorization *string `json:"authorization"`
	// How often it is taken; 0 is always.
	Times int `json:"times"`

	// 200 if it is left out.
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	// Closes the connection after that many bytes of the body.
	Cut *int `json:"cut"`
	// Closes the connection without an answer.
	Drop bool `json:"drop"`
	// Never answers.
	Hang bool `json:"hang"`
}

type registryVerdict struct {
	Done  bool   `json:"done"`
	Error string `json:"error,omitempty"`
	// Whether the second server got credentials for anything but a token.
	Leaked bool `json:"leaked,omitempty"`
}

func init() {
	readers["registry"] = func(input json.RawMessage) (any, error) {
		var asked registryInput
		if err := json.Unmarshal(input, &asked); err != nil {
			return nil, err
		}
		var verdict registryVerdict
		var host, otherHost string
		expand := func(text string) string {
			text = strings.ReplaceAll(text, "MANIFEST", asked.Manifest)
			text = strings.ReplaceAll(text, "LAYER", asked.Layer)
			return strings.ReplaceAll(strings.ReplaceAll(text, "OTHER", otherHost), "HOST", host)
		}
		registry := scripted(asked.Registry, expand, func(*http.Request) {})
		defer registry.Close()
		other := scripted(asked.Other, expand, func(r *http.Request) {
			verdict.Leaked = verdict.Leaked || r.Header.Get("Authorization") != "" && r.URL.Path != "/token"
		})
		defer other.Close()
		host = strings.TrimPrefix(registry.URL, "http://")
		otherHost = strings.TrimPrefix(other.URL, "http://")

		ctx, cancel := context.WithCancel(context.Background())
		if asked.Limit > 0 {
			ctx, cancel = context.WithTimeout(context.Background(), time.Duration(asked.Limit)*time.Millisecond)
		}
		defer cancel()
		options := []remote.Option{
			remote.WithContext(ctx),
			remote.WithRetryBackoff(remote.Backoff{Duration: time.Millisecond, Factor: 1, Steps: 3}),
			remote.WithAuthFromKeychain(secretKeychain(expand(asked.Secret))),
		}
		err := carryOut(asked, host, options)
		verdict.Done = err == nil
		if err != nil {
			text := strings.ReplaceAll(strings.ReplaceAll(err.Error(), host, "HOST"), otherHost, "OTHER")
			verdict.Error = fmt.Sprintf("%.200s", text)
			// A client's port differs from run to run, and so does which of two attempts fails first.
			if strings.Contains(text, "127.0.0.1:") || strings.Contains(text, "; ") || asked.Limit > 0 {
				verdict.Error = "failed"
			}
		}
		registry.CloseClientConnections()
		other.CloseClientConnections()
		return verdict, nil
	}
}

func carryOut(asked registryInput, host string, options []remote.Option) error {
	ref, err := name.ParseReference(host + "/ns/f:t")
	if err != nil {
		return err
	}
	switch asked.Task {
	case "put-manifest":
		return remote.Put(ref, rawManifest(asked.Manifest), options...)
	case "put-blob":
		return remote.WriteLayer(ref.Context(), static.NewLayer([]byte(asked.Layer), types.OCILayer), options...)
	}
	got, err := remote.Get(ref, options...)
	if err != nil {
		return err
	}
	image, err := got.Image()
	if err != nil {
		return err
	}
	layers, err := image.Layers()
	if err != nil {
		return err
	}
	blob, err := layers[0].Compressed()
	if err != nil {
		return err
	}
	defer blob.Close()
	read, err := io.ReadAll(blob)
	if err == nil && string(read) != asked.Layer {
		return fmt.Errorf("other bytes")
	}
	return err
}

type rawManifest string

func (m rawManifest) RawManifest() ([]byte, error)        { return []byte(m), nil }
func (m rawManifest) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }

type secretKeychain string

func (k secretKeychain) Resolve(target authn.Resource) (authn.Authenticator, error) {
	if k == "" {
		return authn.Anonymous, nil
	}
	found, err := inSecret(string(k), target.RegistryStr())
	return authn.FromConfig(found), err
}

// scripted starts a server that answers by rules.
func scripted(rules []registryRule, expand func(string) string, saw func(*http.Request)) *httptest.Server {
	left := make([]int, len(rules))
	for at := range rules {
		left[at] = rules[at].Times
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		saw(r)
		io.Copy(io.Discard, r.Body)
		for at, rule := range rules {
			if !rule.fits(r, expand) || rule.Times > 0 && left[at] == 0 {
				continue
			}
			left[at]--
			rule.answer(w, r, expand)
			return
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	// What it says of connections that were cut is of no interest.
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	return server
}

func (rule registryRule) fits(r *http.Request, expand func(string) string) bool {
	start, open := strings.CutSuffix(expand(rule.Path), "*")
	path := r.URL.Path == start || open && strings.HasPrefix(r.URL.Path, start)
	method := rule.Method == "" || rule.Method == r.Method
	return path && method && (rule.Authorization == nil || *rule.Authorization == r.Header.Get("Authorization"))
}

func (rule registryRule) answer(w http.ResponseWriter, r *http.Request, expand func(string) string) {
	if rule.Hang {
		<-r.Context().Done()
		return
	}
	if rule.Drop {
		panic(http.ErrAbortHandler)
	}
	body := expand(rule.Body)
	for key, value := range rule.Headers {
		for line := range strings.SplitSeq(value, "\n") {
			w.Header().Add(key, expand(line))
		}
	}
	if w.Header().Get("Content-Length") == "" {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	}
	if _, given := rule.Headers["Content-Type"]; !given {
		w.Header()["Content-Type"] = nil
	}
	w.WriteHeader(cmp.Or(rule.Status, http.StatusOK))
	if rule.Cut == nil {
		io.WriteString(w, body)
		return
	}
	io.WriteString(w, body[:*rule.Cut])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}
