package main

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"istio.io/istio/pilot/pkg/features"
	"istio.io/istio/pkg/log"
	"istio.io/istio/pkg/wasm"
)

// A server that answers the downloads of a module, and how Istio's agent is configured.
type downloadInput struct {
	// The user name and password in the URL.
	User string `json:"user"`
	// The manifest's sha256.
	Checksum string `json:"checksum"`
	// The most bytes of a module.
	Limit int64 `json:"limit"`
	// How long one attempt may take, in milliseconds, and how many there are.
	Timeout  int `json:"timeout"`
	Attempts int `json:"attempts"`
	// What the server sends on each connection, HOST in it is the server; by the path of the request.
	Answers map[string]downloadAnswer `json:"answers"`
}

type downloadAnswer struct {
	// The bytes, as they are sent; the connection is closed after them.
	Bytes []byte `json:"bytes"`
	// Never ends.
	Hang bool `json:"hang"`
	// Wanted of the request's authorization; others get 401.
	Authorization string `json:"authorization"`
	// Answered with 503 that often before.
	Busy int32 `json:"busy"`
}

// Parts of errors that differ from run to run.
var changing = regexp.MustCompile(`127\.0\.0\.1:\d+|/[^ ]*readers-download[^ ]*`)

func init() {
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel)
	}
	readers["download"] = func(input json.RawMessage) (any, error) {
		var asked downloadInput
		if err := json.Unmarshal(input, &asked); err != nil {
			return nil, err
		}
		return download(asked)
	}
}

type downloadVerdict struct {
	moduleVerdict
	// How often the server was asked.
	Requests int32 `json:"requests"`
}

// download asks the cache of Istio's agent for a module, which fetches it.
func download(asked downloadInput) (any, error) {
	features.MaxWasmBinarySizeBytes = asked.Limit
	folder, err := os.MkdirTemp("", "readers-download")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	host := listener.Addr().String()
	var requests atomic.Int32
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number := requests.Add(1)
		sendDownload(w, r, asked.Answers[r.URL.Path], host, number)
	})}
	go server.Serve(listener)
	defer server.Close()

	cache := wasm.NewLocalFileCache(folder, wasm.Options{
		PurgeInterval:         wasm.DefaultPurgeInterval,
		HTTPRequestTimeout:    time.Duration(asked.Timeout) * time.Millisecond,
		HTTPRequestMaxRetries: asked.Attempts,
	})
	defer cache.Cleanup()
	url := "http://" + asked.User + host + "/"
	path, err := cache.Get(url, wasm.GetOptions{Checksum: asked.Checksum, RequestTimeout: time.Minute})
	if err != nil {
		text := changing.ReplaceAllString(err.Error(), "HOST")
		return downloadVerdict{moduleVerdict{Error: text[:min(len(text), 200)]}, requests.Load()}, nil
	}
	module, err := os.ReadFile(path)
	return downloadVerdict{verdictOf("", module, err), requests.Load()}, nil
}

func sendDownload(w http.ResponseWriter, r *http.Request, answer downloadAnswer, host string, number int32) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	switch {
	case number <= answer.Busy:
		connection.Write([]byte("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"))
	case answer.Authorization != "" && r.Header.Get("Authorization") != answer.Authorization:
		connection.Write([]byte("HTTP/1.1 401 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"))
	default:
		connection.Write([]byte(strings.ReplaceAll(string(answer.Bytes), "HOST", host)))
		if answer.Hang {
			// Until the other side gives up.
			connection.Read(make([]byte, 1))
		}
	}
}
