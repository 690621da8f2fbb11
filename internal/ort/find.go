//go:build ort

package ort

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Variable names the library where nobody says which.
const Variable = "UNETBENCH_ORT"

// fileName matches the library's name.
var fileName = map[string]string{"windows": "onnxruntime.dll", "darwin": "libonnxruntime.*dylib"}[runtime.GOOS]

func init() {
	if fileName == "" {
		fileName = "libonnxruntime.so*"
	}
}

// Find returns the library's path: said, or $UNETBENCH_ORT, or what lies in the
// usual places. Python is not run.
func Find(said string) (string, error) {
	source := "--ort-library"
	if said == "" {
		said, source = os.Getenv(Variable), Variable
	}
	if said != "" {
		info, err := os.Stat(said)
		if err != nil {
			return "", fmt.Errorf("%s %s: does not exist; name the file %s that pip install onnxruntime puts into onnxruntime/capi", source, said, fileName)
		}
		if !info.IsDir() {
			return filepath.Abs(said)
		}
		if f := in(said); f != "" {
			return filepath.Abs(f)
		}
		return "", fmt.Errorf("%s %s: has no %s; name the folder onnxruntime/capi of a Python installation, or the file", source, said, fileName)
	}
	places := places()
	for _, p := range places {
		if f := in(p); f != "" {
			return f, nil
		}
	}
	return "", fmt.Errorf("ONNX Runtime is not installed: no %s in %s; pip install onnxruntime, or name the file with --ort-library or %s", fileName, strings.Join(places, ", "), Variable)
}

// in is the library in the folders that the pattern dir matches, or "".
func in(dir string) string {
	files, _ := filepath.Glob(filepath.Join(dir, fileName))
	if len(files) == 0 {
		return ""
	}
	return files[len(files)-1] // of several Pythons the newest, mostly
}

// places lists patterns of folders: where Python installs wheels, and where
// packages of the system put libraries.
func places() []string {
	var prefixes []string
	add := func(p string) {
		if p != "" && !slices.Contains(prefixes, p) {
			prefixes = append(prefixes, p)
		}
	}
	add(os.Getenv("VIRTUAL_ENV"))
	add(os.Getenv("CONDA_PREFIX"))
	for _, name := range []string{"python3", "python"} {
		if path, err := exec.LookPath(name); err == nil {
			add(filepath.Dir(filepath.Dir(path))) // of bin/python3, Scripts\python.exe
			if runtime.GOOS == "windows" {
				add(filepath.Dir(path))
			}
			if path, err = filepath.EvalSymlinks(path); err == nil {
				add(filepath.Dir(filepath.Dir(path)))
			}
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		add(filepath.Join(home, ".local"))
	}
	if runtime.GOOS == "windows" {
		var list []string
		for _, p := range prefixes {
			list = append(list, filepath.Join(p, "Lib", "site-packages", "onnxruntime", "capi"))
		}
		return list
	}
	add("/opt/homebrew")
	add("/usr/local")
	add("/usr")
	var list []string
	for _, p := range prefixes {
		list = append(list,
			filepath.Join(p, "lib", "python3*", "*-packages", "onnxruntime", "capi"),
			filepath.Join(p, "lib"),
			filepath.Join(p, "lib", "*-linux-gnu"))
	}
	return list
}
