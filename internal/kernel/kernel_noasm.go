//go:build !amd64 || purego

package kernel

func native() []*Set { return nil }
