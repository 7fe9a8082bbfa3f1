//go:build server

// Package server only requires bazel-remote, so that `go build` builds it at the versions that
// stand in go.mod: its own go.mod keeps `go install` from doing so.
package server

import _ "github.com/buchgr/bazel-remote/v2"
