// A filter in standard Go, without an SDK: it answers a request's header "hello" with a header of the response, and counts.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"
	"unsafe"
)

//go:wasmimport env proxy_log
func log(level uint32, message string) uint32

//go:wasmimport env proxy_get_buffer_bytes
func getBuffer(buffer, start, length uint32, data, size *uint32) uint32

//go:wasmimport env proxy_get_header_map_value
func getHeader(headers uint32, name string, data, size *uint32) uint32

//go:wasmimport env proxy_add_header_map_value
func addHeader(headers uint32, name, value string) uint32

//go:wasmimport env proxy_define_metric
func defineMetric(kind uint32, name string, metric *uint32) uint32

//go:wasmimport env proxy_increment_metric
func incrementMetric(metric uint32, by int64) uint32

const (
	ok              = 0
	info            = 2
	counter         = 0
	requestHeaders  = 0
	responseHeaders = 2
	configuration   = 7
)

// What Go initializes before the first callback: each of these asks WASI.
var (
	started    = time.Now()
	home, _    = os.LookupEnv("HOME")
	_, noStat  = os.Stdout.Stat()
	_, noFiles = os.Stat("/")
)

func init() {
	fmt.Println("initialized", len(os.Args), home, started.Year() > 2020)
	fmt.Fprintln(os.Stderr, noStat, noFiles)
}

// The host never calls it: Go only demands that it is there.
func main() {}

// The memory that the host has asked for and not yet got back, by address.
var allocated = map[uint32][]byte{}

//go:wasmexport proxy_on_memory_allocate
func allocate(size uint32) uint32 {
	bytes := make([]byte, size)
	at := uint32(uintptr(unsafe.Pointer(unsafe.SliceData(bytes))))
	allocated[at] = bytes
	return at
}

// Takes what a host function has put into allocated memory.
func take(status uint32, data, size uint32) (string, bool) {
	text := string(allocated[data][:min(int(size), len(allocated[data]))])
	delete(allocated, data)
	return text, status == ok
}

var (
	greeting = "hello"
	requests uint32
	hellos   = map[uint32]string{}
)

//go:wasmexport proxy_abi_version_0_2_1
func abi() {}

//go:wasmexport proxy_on_vm_start
func vmStart(context, size uint32) uint32 {
	if defineMetric(counter, "hellos", &requests) != ok {
		return 0
	}
	return 1
}

//go:wasmexport proxy_on_configure
func configure(context, size uint32) uint32 {
	if size == 0 {
		return 1
	}
	var data, length uint32
	status := getBuffer(configuration, 0, size, &data, &length)
	text, found := take(status, data, length)
	if !found || strings.ContainsAny(text, "\r\n") {
		log(info, fmt.Sprintf("refused: %q", text))
		return 0
	}
	greeting = text
	return 1
}

//go:wasmexport proxy_on_request_headers
func onRequest(context, headers, end uint32) uint32 {
	var data, size uint32
	status := getHeader(requestHeaders, "hello", &data, &size)
	if name, found := take(status, data, size); found {
		// A goroutine, because Go's scheduler asks the host too.
		upper := make(chan string)
		go func() { upper <- strings.ToUpper(name) }()
		hellos[context] = <-upper
		incrementMetric(requests, 1)
		log(info, fmt.Sprintf("request of %d headers from %q", headers, name))
	}
	return 0
}

//go:wasmexport proxy_on_response_headers
func onResponse(context, headers, end uint32) uint32 {
	if name, found := hellos[context]; found {
		addHeader(responseHeaders, "x-greeting", greeting+", "+name)
	}
	return 0
}

//go:wasmexport proxy_on_delete
func onDelete(context uint32) {
	delete(hellos, context)
}
