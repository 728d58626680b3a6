// Readers asks the libraries that read images, secrets and manifests in a cluster what they make of inputs.
//
//	readers NAME < inputs.json
//	readers serve < batches.json
//
// Inputs are a JSON array; the output is a JSON array with a verdict for each. A batch names its reader too. Without NAME, it prints the
// versions of the libraries.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

// A reader turns one input into a verdict, which is printed as JSON.
type reader func(input json.RawMessage) (any, error)

// The readers by name; each file registers its own.
var readers = map[string]reader{}

func main() {
	var output any
	switch {
	case len(os.Args) < 2:
		output = versions()
	case os.Args[1] == "serve":
		if err := serve(os.Stdin, os.Stdout); err != nil {
			fail(err)
		}
		return
	default:
		var inputs []json.RawMessage
		if err := json.NewDecoder(os.Stdin).Decode(&inputs); err != nil {
			fail(err)
		}
		verdicts, err := ask(os.Args[1], inputs)
		if err != nil {
			fail(err)
		}
		output = verdicts
	}
	if err := json.NewEncoder(os.Stdout).Encode(output); err != nil {
		fail(err)
	}
}

// ask returns a reader's verdict on each input.
func ask(name string, inputs []json.RawMessage) ([]any, error) {
	read, ok := readers[name]
	if !ok {
		return nil, fmt.Errorf("no reader named %s", name)
	}
	verdicts := make([]any, len(inputs))
	for at, input := range inputs {
		verdict, err := read(input)
		if err != nil {
			return nil, fmt.Errorf("input %d: %w", at, err)
		}
		verdicts[at] = verdict
	}
	return verdicts, nil
}

// versions returns the version of Go and of each library.
func versions() map[string]string {
	all := map[string]string{"go": runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			all[module.Path] = module.Version
		}
	}
	return all
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
