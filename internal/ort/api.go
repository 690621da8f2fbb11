//go:build ort

package ort

import (
	"errors"
	"reflect"
	"strconv"
	"unsafe"

	"github.com/ebitengine/purego"
)

// apiVersion is the version of the C interface that is asked for: that of ONNX
// Runtime 1.17 (2024), which later ones keep.
const apiVersion = 17

// Pointers to the library's objects, by type. Nothing looks into them.
type (
	status    uintptr
	env       uintptr
	session   uintptr
	settings  uintptr // OrtSessionOptions
	cuda      uintptr // OrtCUDAProviderOptionsV2
	value     uintptr
	memory    uintptr // OrtMemoryInfo
	allocator uintptr
	typeInfo  uintptr
	shapeInfo uintptr // OrtTensorTypeAndShapeInfo
	noOptions uintptr // OrtRunOptions, which are never given
)

// api is what is used of struct OrtApi (onnxruntime_c_api.h), a list of function
// pointers of which each keeps its place for ever: at, counted from 0.
type api struct {
	GetErrorMessage func(status) string `at:"2"`
	ReleaseStatus   func(status)        `at:"93"`

	CreateEnv             func(level int32, name string, out *env) status                              `at:"3"`
	GetAvailableProviders func(names *unsafe.Pointer, n *int32) status                                 `at:"125"`
	ReleaseProviders      func(names unsafe.Pointer, n int32) status                                   `at:"126"`
	GetAllocator          func(out *allocator) status                                                  `at:"78"`
	AllocatorFree         func(allocator, unsafe.Pointer) status                                       `at:"76"`
	CreateCpuMemoryInfo   func(allocatorType, memoryType int32, out *memory) status                    `at:"69"`
	CreateSettings        func(out *settings) status                                                   `at:"10"`
	ReleaseSettings       func(settings)                                                               `at:"100"`
	SetThreads            func(settings, int32) status                                                 `at:"24"`
	SetDeterministic      func(settings, bool) status                                                  `at:"273"`
	CreateCUDA            func(out *cuda) status                                                       `at:"205"`
	UpdateCUDA            func(cuda, *unsafe.Pointer, *unsafe.Pointer, uintptr) status                 `at:"206"`
	ReleaseCUDA           func(cuda)                                                                   `at:"208"`
	AppendCUDA            func(settings, cuda) status                                                  `at:"204"`
	CreateSession         func(env, unsafe.Pointer, settings, *session) status                         `at:"7"`
	ReleaseSession        func(session)                                                                `at:"95"`
	InputCount            func(session, *uintptr) status                                               `at:"30"`
	OutputCount           func(session, *uintptr) status                                               `at:"31"`
	InputType             func(session, uintptr, *typeInfo) status                                     `at:"33"`
	OutputType            func(session, uintptr, *typeInfo) status                                     `at:"34"`
	InputName             func(session, uintptr, allocator, *unsafe.Pointer) status                    `at:"36"`
	OutputName            func(session, uintptr, allocator, *unsafe.Pointer) status                    `at:"37"`
	CastToTensor          func(typeInfo, *shapeInfo) status                                            `at:"55"`
	ReleaseTypeInfo       func(typeInfo)                                                               `at:"98"`
	ElementType           func(shapeInfo, *int32) status                                               `at:"60"`
	DimensionsCount       func(shapeInfo, *uintptr) status                                             `at:"61"`
	Dimensions            func(shapeInfo, *int64, uintptr) status                                      `at:"62"`
	ReleaseShapeInfo      func(shapeInfo)                                                              `at:"99"`
	CreateTensor          func(memory, unsafe.Pointer, uintptr, *int64, uintptr, int32, *value) status `at:"49"`
	TensorData            func(value, *unsafe.Pointer) status                                          `at:"51"`
	TensorShape           func(value, *shapeInfo) status                                               `at:"65"`
	ReleaseValue          func(value)                                                                  `at:"96"`

	Run func(session, noOptions, *unsafe.Pointer, *value, uintptr, *unsafe.Pointer, uintptr, *value) status `at:"9"`
}

// Enumerations of the header.
const (
	logFatal       = 4 // OrtLoggingLevel: errors come back as statuses
	arenaAllocator = 1 // OrtAllocatorType
	defaultMemory  = 0 // OrtMemType
	float32Element = 1 // ONNXTensorElementDataType
)

var elementNames = []string{"undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool",
	"float16", "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16"}

// register takes the functions out of the list at table.
func (a *api) register(table unsafe.Pointer) {
	fields := reflect.ValueOf(a).Elem()
	for i := range fields.NumField() {
		at, err := strconv.Atoi(fields.Type().Field(i).Tag.Get("at"))
		if err != nil {
			panic(err)
		}
		f := *(*uintptr)(unsafe.Add(table, at*int(unsafe.Sizeof(uintptr(0)))))
		purego.RegisterFunc(fields.Field(i).Addr().Interface(), f)
	}
}

// check turns a status into an error and frees it.
func (a *api) check(s status) error {
	if s == 0 {
		return nil
	}
	defer a.ReleaseStatus(s)
	return errors.New("ONNX Runtime: " + a.GetErrorMessage(s))
}
