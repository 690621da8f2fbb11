package probe_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"unetbench/internal/probe"
)

// Every field of the JSON is described.
func TestSchemaIsDescribed(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "probe-json.md"))
	if err != nil {
		t.Fatal(err)
	}
	described, seen := string(b), map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(x reflect.Type) {
		for x.Kind() == reflect.Pointer || x.Kind() == reflect.Slice || x.Kind() == reflect.Map || x.Kind() == reflect.Array {
			x = x.Elem()
		}
		if x.Kind() != reflect.Struct || seen[x] {
			return
		}
		seen[x] = true
		for i := range x.NumField() {
			name, _, _ := strings.Cut(x.Field(i).Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			if !strings.Contains(described, "`"+name+"`") && !strings.Contains(described, "axes."+name) {
				t.Errorf("docs/probe-json.md does not describe %q of %v", name, x)
			}
			walk(x.Field(i).Type)
		}
	}
	walk(reflect.TypeFor[probe.Result]())
}
