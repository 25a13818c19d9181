//go:build tools

// Package tools pins the real Kubo that the tests compare against.
package tools

import _ "github.com/ipfs/kubo/cmd/ipfs"
