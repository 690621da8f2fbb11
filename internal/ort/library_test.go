//go:build ort

package ort_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"unetbench/internal/ort"
)

// write makes a file, with its folders.
func write(t testing.TB, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestFind: what is said comes first, then the variable, then Python's folder.
func TestFind(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the names are Linux's")
	}
	dir := t.TempDir()
	wheel := write(t, filepath.Join(dir, "lib", "python3.11", "site-packages", "onnxruntime", "capi", "libonnxruntime.so.1.99.0"), "")
	other := write(t, filepath.Join(dir, "other", "libonnxruntime.so"), "")
	t.Setenv("VIRTUAL_ENV", dir)
	for _, c := range []struct{ said, variable, want, fault string }{
		{"", "", wheel, ""},
		{"", filepath.Dir(other), other, ""},
		{other, wheel, other, ""},
		{filepath.Dir(wheel), "", wheel, ""},
		{dir + "/none", "", "", "--ort-library " + dir + "/none: does not exist; name the file libonnxruntime.so* that pip install onnxruntime puts into onnxruntime/capi"},
		{"", dir + "/none", "", "UNETBENCH_ORT " + dir + "/none: does not exist"},
		{dir, "", "", "--ort-library " + dir + ": has no libonnxruntime.so*"},
	} {
		t.Setenv(ort.Variable, c.variable)
		got, err := ort.Find(c.said)
		if got != c.want || (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("said %q, variable %q: %s, %v; want %s%s", c.said, c.variable, got, err, c.want, c.fault)
		}
	}
}

// TestFindNothing: the error names the places and the remedies.
func TestFindNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(ort.Variable, "")
	t.Setenv("PATH", dir)
	t.Setenv("HOME", dir)
	t.Setenv("CONDA_PREFIX", "")
	t.Setenv("VIRTUAL_ENV", filepath.Join(dir, "venv"))
	_, err := ort.Find("")
	if err == nil {
		t.Skip("ONNX Runtime is installed for all of the machine")
	}
	for _, want := range []string{filepath.Join(dir, "venv"), filepath.Join(dir, ".local"), "pip install onnxruntime", "--ort-library", "UNETBENCH_ORT"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v; lacks %s", err, want)
		}
	}
}

// TestLibraryRefused: files that are no ONNX Runtime, or too old a one.
func TestLibraryRefused(t *testing.T) {
	model := write(t, filepath.Join(t.TempDir(), "m.onnx"), "")
	text := write(t, filepath.Join(t.TempDir(), "libonnxruntime.so"), "no library")
	_, err := ort.Open(model, ort.Options{Library: text})
	if err == nil || !strings.Contains(err.Error(), text+" is no library of ONNX Runtime (") {
		t.Error(err)
	}
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler to make an old library with")
	}
	source := write(t, filepath.Join(t.TempDir(), "old.c"), `
		static const void *api(unsigned version) { return 0; }
		static const char *version(void) { return "1.2.3"; }
		static const void *base[] = {api, version};
		const void *OrtGetApiBase(void) { return base; }`)
	old := filepath.Join(t.TempDir(), "libonnxruntime.so")
	if out, err := exec.Command(cc, "-shared", "-fPIC", "-o", old, source).CombinedOutput(); err != nil {
		t.Skipf("cc: %v %s", err, out)
	}
	_, err = ort.Open(model, ort.Options{Library: old})
	if want := old + " is ONNX Runtime 1.2.3, which is too old; want 1.17 or newer: pip install --upgrade onnxruntime"; err == nil || err.Error() != want {
		t.Errorf("%v; want %s", err, want)
	}
}
