//go:build !ort

package main

const builtWithRuntime = false

func runtimeLibrary() (string, error) { return "", nil }
