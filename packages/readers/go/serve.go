package main

import (
	"encoding/json"
	"errors"
	"io"
)

// A batch of inputs for one reader.
type batch struct {
	Reader string            `json:"reader"`
	Inputs []json.RawMessage `json:"inputs"`
}

// serve answers each batch on in with its verdicts on out, one line each, until in ends.
func serve(in io.Reader, out io.Writer) error {
	batches, verdicts := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var asked batch
		if err := batches.Decode(&asked); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		said, err := ask(asked.Reader, asked.Inputs)
		if err != nil {
			return err
		}
		if err := verdicts.Encode(said); err != nil {
			return err
		}
	}
}
