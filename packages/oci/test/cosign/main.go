// Does what cosign's commands do, one after the other in one process, with the packages that its commands are made of; those whose
// policies nobody asks for (cue, rego) are left out, since they take minutes to compile. A command is a line of standard input: its
// words have no spaces in them. After each, a line says whether it succeeded, and with which error.
package main

import (
	"bufio"
	"context"
	"crypto"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/sigstore/cosign/v3/cmd/cosign/cli/attest"
	"github.com/sigstore/cosign/v3/cmd/cosign/cli/generate"
	"github.com/sigstore/cosign/v3/cmd/cosign/cli/options"
	"github.com/sigstore/cosign/v3/cmd/cosign/cli/sign"
	"github.com/sigstore/cosign/v3/pkg/cosign"
	"github.com/sigstore/cosign/v3/pkg/signature"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		said := ""
		err := run(context.Background(), strings.Fields(lines.Text()))
		if err != nil {
			said = err.Error()
		}
		fmt.Printf("\n@ %t %q\n", err == nil, said)
	}
}

func run(ctx context.Context, words []string) error {
	switch words[0] {
	case "generate-key-pair": // PREFIX
		return generate.GenerateKeyPairCmd(ctx, "", words[1], nil)
	case "sign": // KEY FORMAT IMAGE
		ko := keyOpts(words[1], words[2])
		so := options.SignOptions{
			Key: words[1], Upload: true, SkipConfirmation: true, NewBundleFormat: ko.NewBundleFormat,
		}
		return sign.SignCmd(ctx, &options.RootOptions{Timeout: time.Minute}, ko, so, words[3:])
	case "attest": // KEY FORMAT PREDICATE TYPE IMAGE
		command := attest.AttestCommand{
			KeyOpts: keyOpts(words[1], words[2]), PredicatePath: words[3], PredicateType: words[4], RekorEntryType: "dsse",
		}
		return command.Exec(ctx, words[5])
	case "verify": // KEY IMAGE
		return verify(ctx, words[1], words[2])
	}
	return fmt.Errorf("no such command: %s", words[0])
}

func keyOpts(key, format string) options.KeyOpts {
	return options.KeyOpts{
		KeyRef: key, PassFunc: generate.GetPass, SkipConfirmation: true, NewBundleFormat: format == "bundle",
	}
}

// As `cosign verify --key KEY --insecure-ignore-tlog` (cmd/cosign/cli/verify): bundles where there are any, else the tag.
func verify(ctx context.Context, key, image string) error {
	ref, err := name.ParseReference(image)
	if err != nil {
		return err
	}
	co := &cosign.CheckOpts{IgnoreTlog: true, Offline: true, IgnoreSCT: true}
	co.SigVerifier, err = signature.PublicKeyFromKeyRefWithHashAlgo(ctx, key, crypto.SHA256)
	if err != nil {
		return err
	}
	bundles, _, err := cosign.GetBundles(ctx, ref, co.RegistryClientOpts)
	co.NewBundleFormat = err == nil && len(bundles) > 0
	if co.NewBundleFormat {
		co.ClaimVerifier = cosign.IntotoSubjectClaimVerifier
		_, _, err = cosign.VerifyImageAttestations(ctx, ref, co)
		return err
	}
	co.ClaimVerifier = cosign.SimpleClaimVerifier
	_, _, err = cosign.VerifyImageSignatures(ctx, ref, co)
	return err
}
