//go:build !(amd64 || arm64) || purego

package kernel

func native() []*Set { return nil }
