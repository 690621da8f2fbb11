//go:build ort

package ort

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// dlopen loads a shared library and returns the address of one of its symbols.
func dlopen(path, symbol string) (uintptr, error) {
	lib, err := windows.LoadLibrary(path)
	if err != nil {
		return 0, err
	}
	return windows.GetProcAddress(lib, symbol)
}

// nativePath is path as the library wants it: UTF-16 that ends in 0.
func nativePath(path string) (unsafe.Pointer, error) {
	p, err := windows.UTF16PtrFromString(path)
	return unsafe.Pointer(p), err
}
