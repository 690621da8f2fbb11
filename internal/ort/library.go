//go:build ort

package ort

import (
	"fmt"
	"slices"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// A library is ONNX Runtime in this process. It has threads, and stays loaded.
type library struct {
	api
	env     env
	memory  memory // the processor's
	strings allocator
	version string
}

var (
	loading sync.Mutex
	loaded  = make(map[string]*library) // by path
)

// loadLibrary loads the shared library at path, once.
func loadLibrary(path string) (*library, error) {
	loading.Lock()
	defer loading.Unlock()
	if l := loaded[path]; l != nil {
		return l, nil
	}
	entry, err := dlopen(path, "OrtGetApiBase")
	if err != nil {
		return nil, fmt.Errorf("%s is no library of ONNX Runtime (%w); name another one with --ort-library, or pip install onnxruntime", path, err)
	}
	var getBase func() unsafe.Pointer
	purego.RegisterFunc(&getBase, entry)
	base := unsafe.Slice((*uintptr)(getBase()), 2) // struct OrtApiBase
	var getAPI func(version uint32) unsafe.Pointer
	var getVersion func() string
	purego.RegisterFunc(&getAPI, base[0])
	purego.RegisterFunc(&getVersion, base[1])

	l := &library{version: getVersion()}
	table := getAPI(apiVersion)
	if table == nil {
		return nil, fmt.Errorf("%s is ONNX Runtime %s, which is too old; want 1.%d or newer: pip install --upgrade onnxruntime", path, l.version, apiVersion)
	}
	l.register(table)
	if err := l.check(l.CreateEnv(logFatal, "unetbench", &l.env)); err != nil {
		return nil, err
	}
	if err := l.check(l.CreateCpuMemoryInfo(arenaAllocator, defaultMemory, &l.memory)); err != nil {
		return nil, err
	}
	if err := l.check(l.GetAllocator(&l.strings)); err != nil {
		return nil, err
	}
	loaded[path] = l
	return l, nil
}

// settings makes what a session is created with.
func (l *library) settings(o Options) (s settings, err error) {
	if err := l.check(l.CreateSettings(&s)); err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			l.ReleaseSettings(s)
		}
	}()
	if err := l.check(l.SetThreads(s, int32(o.Threads))); err != nil {
		return 0, err
	}
	if err := l.check(l.SetDeterministic(s, o.Deterministic)); err != nil {
		return 0, err
	}
	if o.Device == "cuda" {
		return s, l.useCUDA(s, o.Deterministic)
	}
	return s, nil
}

// useCUDA has a session run on the first GPU, in float32 proper: TensorFloat-32
// keeps 10 bits of the mantissa, and what they lose would pass for seams.
func (l *library) useCUDA(s settings, deterministic bool) error {
	known, err := l.providers()
	if err != nil {
		return err
	}
	if !slices.Contains(known, "CUDAExecutionProvider") {
		return fmt.Errorf("device cuda: this library of ONNX Runtime %s has %v only; pip install onnxruntime-gpu, or use the device cpu", l.version, known)
	}
	keys, values := []string{"use_tf32"}, []string{"0"}
	if deterministic {
		keys, values = append(keys, "cudnn_conv_algo_search"), append(values, "DEFAULT")
	}
	var c cuda
	if err := l.check(l.CreateCUDA(&c)); err != nil {
		return fmt.Errorf("device cuda: %w", err)
	}
	defer l.ReleaseCUDA(c)
	if err := l.check(l.UpdateCUDA(c, cStrings(keys...), cStrings(values...), uintptr(len(keys)))); err != nil {
		return fmt.Errorf("device cuda: %w", err)
	}
	if err := l.check(l.AppendCUDA(s, c)); err != nil {
		return fmt.Errorf("device cuda: %w", err)
	}
	return nil
}

// providers are the names of what the library can run on.
func (l *library) providers() ([]string, error) {
	var list unsafe.Pointer
	var n int32
	if err := l.check(l.GetAvailableProviders(&list, &n)); err != nil {
		return nil, err
	}
	var names []string
	for _, p := range unsafe.Slice((*unsafe.Pointer)(list), n) {
		names = append(names, goString(p))
	}
	return names, l.check(l.ReleaseProviders(list, n))
}

// cStrings is a C array of C strings.
func cStrings(s ...string) *unsafe.Pointer {
	var list []unsafe.Pointer
	for _, t := range s {
		list = append(list, unsafe.Pointer(unsafe.SliceData(append([]byte(t), 0))))
	}
	return unsafe.SliceData(list)
}

// goString copies a C string.
func goString(p unsafe.Pointer) string {
	n := 0
	for *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(p), n))
}
