package probe_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestSchema: docs/probe-json.md is what result.go says of every field.
func TestSchema(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "result.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# The JSON of `unetbench probe --json`\n\nWritten from internal/probe/result.go by `go test ./internal/probe -run Schema -update`.\n")
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		s := g.Specs[0].(*ast.TypeSpec)
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| key | type | meaning |\n|---|---|---|\n", s.Name, strings.TrimSpace(g.Doc.Text()))
		fields(t, &b, "", s.Type.(*ast.StructType))
	}
	golden := filepath.Join("..", "..", "docs", "probe-json.md")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Error("docs/probe-json.md does not say what result.go does: run with -update")
	}
}

// fields writes a row per field, each of which has to have a comment.
func fields(t *testing.T, b *strings.Builder, prefix string, s *ast.StructType) {
	for _, f := range s.Fields.List {
		key, _, _ := strings.Cut(reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json"), ",")
		if key == "" {
			t.Errorf("%v has no key", f.Names)
		}
		if key == "-" {
			continue
		}
		if inner, ok := f.Type.(*ast.StructType); ok {
			fields(t, b, key+".", inner)
			continue
		}
		says := strings.Join(strings.Fields(f.Doc.Text()+" "+f.Comment.Text()), " ")
		if says == "" {
			t.Errorf("%s%s is not explained", prefix, key)
		}
		fmt.Fprintf(b, "| `%s%s` | %s | %s |\n", prefix, key, typeName(f.Type), strings.ReplaceAll(says, "|", "\\|"))
	}
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X) + " or null"
	case *ast.ArrayType:
		return "list of " + typeName(e.Elt)
	case *ast.MapType:
		return "map from " + typeName(e.Key) + " to " + typeName(e.Value)
	case *ast.Ident:
		switch e.Name {
		case "float64", "int", "int64":
			return "number"
		case "bool":
			return "true or false"
		}
		return e.Name
	}
	return fmt.Sprint(e)
}
