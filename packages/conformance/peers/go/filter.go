// The example ext-authz-async of filter-js, with the Go SDK.
package main

import (
	"strconv"
	"strings"

	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm"
	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm/types"
)

func main() {}

func init() {
	proxywasm.SetPluginContext(func(uint32) types.PluginContext { return &plugin{} })
}

type plugin struct {
	types.DefaultPluginContext
	cluster string
	timeout uint32
	open    string
	isOpen  bool
	denied  proxywasm.MetricCounter
	failed  proxywasm.MetricCounter
}

// OnPluginStart reads CLUSTER [MILLISECONDS [PREFIX]].
func (p *plugin) OnPluginStart(size int) types.OnPluginStartStatus {
	var text []byte
	if size > 0 {
		text, _ = proxywasm.GetPluginConfiguration()
	}
	words := strings.SplitN(string(text), " ", 4)
	timeout := 1000
	var err error
	if len(words) > 1 {
		timeout, err = strconv.Atoi(words[1])
	}
	if words[0] == "" || err != nil {
		proxywasm.LogError("ext-authz: configuration refused: expected the name of a cluster")
		return types.OnPluginStartStatusFailed
	}
	p.cluster, p.timeout = words[0], uint32(timeout)
	if len(words) > 2 {
		p.open, p.isOpen = words[2], true
	}
	p.denied = proxywasm.DefineCounterMetric("ext_authz_denied")
	p.failed = proxywasm.DefineCounterMetric("ext_authz_failed")
	return types.OnPluginStartStatusOK
}

func (p *plugin) NewHttpContext(uint32) types.HttpContext { return &stream{plugin: p} }

type stream struct {
	types.DefaultHttpContext
	plugin *plugin
}

func (s *stream) OnHttpRequestHeaders(int, bool) types.Action {
	path, err := proxywasm.GetHttpRequestHeader(":path")
	if err != nil {
		path = "/"
	}
	if s.plugin.isOpen && strings.HasPrefix(path, s.plugin.open) {
		return types.ActionContinue
	}
	headers := [][2]string{{":method", "GET"}, {":path", path}, {":authority", s.plugin.cluster}}
	if token, err := proxywasm.GetHttpRequestHeader("authorization"); err == nil {
		headers = append(headers, [2]string{"authorization", token})
	}
	if _, err := proxywasm.DispatchHttpCall(s.plugin.cluster, headers, nil, nil, s.plugin.timeout, s.answered); err != nil {
		status := "INTERNAL_FAILURE"
		if err == types.ErrorStatusBadArgument {
			status = "BAD_ARGUMENT"
		}
		proxywasm.LogError("ext-authz: " + s.plugin.cluster + ": " + status)
		s.fail()
	}
	return types.ActionPause
}

func (s *stream) answered(headers, _, _ int) {
	code := 0
	user := ""
	if headers > 0 {
		all, _ := proxywasm.GetHttpCallResponseHeaders()
		for _, header := range all {
			switch header[0] {
			case ":status":
				code, _ = strconv.Atoi(header[1])
			case "x-user":
				user = header[1]
			}
		}
	}
	switch {
	case code == 200:
		// The client's own header must not be trusted.
		proxywasm.ReplaceHttpRequestHeader("x-user", user)
		proxywasm.ResumeHttpRequest()
	case code >= 200 && code < 500:
		s.plugin.denied.Increment(1)
		proxywasm.SendHttpResponse(uint32(code), nil, nil, -1)
	default:
		s.fail()
	}
}

func (s *stream) fail() {
	s.plugin.failed.Increment(1)
	proxywasm.SendHttpResponse(503, nil, nil, -1)
}
