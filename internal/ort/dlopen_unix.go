//go:build ort && !windows

package ort

import (
	"unsafe"

	"github.com/ebitengine/purego"
)

// dlopen loads a shared library and returns the address of one of its symbols.
func dlopen(path, symbol string) (uintptr, error) {
	lib, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return 0, err
	}
	return purego.Dlsym(lib, symbol)
}

// nativePath is path as the library wants it: bytes that end in 0.
func nativePath(path string) (unsafe.Pointer, error) {
	return unsafe.Pointer(unsafe.SliceData(append([]byte(path), 0))), nil
}
