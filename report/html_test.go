package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"unetbench/bench"
)

func render(t *testing.T, r *bench.Results, fsys fs.FS) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, r, fsys); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Every shape of results gives a page that parses, needs nothing from outside
// and names every arm.
func TestHTML(t *testing.T) {
	for name, f := range map[string]fixture{"full": full(), "controls": withControls(), "one-arm": oneArm(), "stopped": cutShort(),
		"no-contrasts": noContrasts(), "one-seed": oneSeed(), "two-regimes": twoRegimes(), "all-regimes": allRegimes(), "still-learning": stillLearning(), "real": realData()} {
		t.Run(name, func(t *testing.T) {
			r := f.results(t)
			page := render(t, r, maps(t, r))
			if file := os.Getenv("UNETBENCH_REPORT"); file != "" && name == os.Getenv("UNETBENCH_FIXTURE") { // to look at it
				os.WriteFile(file, []byte(page), 0o644)
			}
			wellFormed(t, page)
			selfContained(t, page)
			for _, a := range r.Arms {
				if !strings.Contains(page, ">"+a.Name+"<") {
					t.Errorf("arm %s is not on the page", a.Name)
				}
			}
			if name == "full" && render(t, r, maps(t, r)) != page {
				t.Error("the same results gave another page")
			}
			for _, bad := range []string{"NaN", "Inf", "%!", "<nil>", "ZgotmplZ"} {
				if strings.Contains(strings.ReplaceAll(withoutImages(page), "V_Info", ""), bad) {
					t.Errorf("the page says %q", bad)
				}
			}
		})
	}
}

func withoutImages(page string) string {
	return regexp.MustCompile(`src="data:[^"]*"`).ReplaceAllString(page, `src=""`)
}

// wellFormed reads the page with a parser that knows HTML's void elements.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var open []string
	ids := map[string]bool{}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("line %d: %v", strings.Count(page[:d.InputOffset()], "\n")+1, err)
		}
		switch x := tok.(type) {
		case xml.StartElement:
			open = append(open, x.Name.Local)
			for _, a := range x.Attr {
				if a.Name.Local == "id" {
					if ids[a.Value] {
						t.Errorf("id %q twice", a.Value)
					}
					ids[a.Value] = true
				}
				if x.Name.Local == "a" && a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#") {
					t.Errorf("link to %q", a.Value)
				}
			}
			if x.Name.Local == "img" && attr(x, "alt") == "" {
				t.Error("an image without alternative text")
			}
			if x.Name.Local == "svg" && attr(x, "aria-hidden") == "" && attr(x, "aria-label") == "" {
				t.Error("a figure without alternative text")
			}
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != x.Name.Local {
				t.Fatalf("</%s> closes %v", x.Name.Local, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("left open: %v", open)
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !ids[m[1]] {
			t.Errorf("link to #%s, which is not on the page", m[1])
		}
	}
}

func attr(x xml.StartElement, name string) string {
	for _, a := range x.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// selfContained looks for anything that a browser would fetch.
func selfContained(t *testing.T, page string) {
	t.Helper()
	rest := withoutImages(page)
	for _, bad := range []string{"http:", "https:", "//cdn", "@import", "<link", "<script", "<iframe", "file:"} {
		if strings.Contains(rest, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, m := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(rest, -1) {
		if !strings.HasPrefix(m[1], "#") {
			t.Errorf("the page fetches %s", m[1])
		}
	}
	body := rest[strings.Index(rest, "</style>"):]
	if m := hexColour.FindString(body); m != "" {
		t.Errorf("colour %s of a figure does not follow the page's theme", m)
	}
}

// Results of nothing, and a folder without pictures, still give a page.
func TestHTMLOfNothing(t *testing.T) {
	wellFormed(t, render(t, &bench.Results{}, nil))
	r := full().results(t)
	page := render(t, r, fstest.MapFS{})
	if !strings.Contains(page, "could not be found") {
		t.Error("missing pictures are not counted")
	}
}

func TestTimings(t *testing.T) {
	r := full().results(t)
	m := maps(t, r)
	m["timings.txt"] = &fstest.MapFile{Data: []byte("BenchmarkTrain/arch=valid 1 4.5 sec\nBenchmarkTrain/arch=valid 1 5.5 sec\nBenchmarkMosaic/arch=valid/tile=204 1 0.9 sec 104857600 peak-RSS-bytes\n")}
	page := render(t, r, m)
	for _, want := range []string{"5.00 s", "100 MiB", "Train, arch=valid"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	selfContained(t, page)
}

// A profile in the run's folder becomes a roofline and a table; a file of that
// name that is none is an error.
func TestProfiles(t *testing.T) {
	r := full().results(t)
	m := maps(t, r)
	m["profile-valid.json"] = &fstest.MapFile{Data: []byte(`{"arch":"valid","net":{"width":"8"},"size":204,"batch":2,"train":true,"kernel":"avx2","threads":1,
		"runs_s":[0.5],"median_s":0.5,"planned_bytes":1048576,"peak_rss_mb":42,"roofs":{"gflops":200,"gb_s":20},"layers":[
		{"name":"enc0.conv1","op":"Conv+ReLU","pass":"forward","algorithm":"F(4×4)","gmac":4,"arithmetic_gmac":1,"bytes":50000000,"seconds":0.02,"gflops":400,"gb_s":2.5,"percent":50},
		{"name":"loss","op":"cross-entropy","pass":"loss","bytes":1000,"seconds":0.001,"gb_s":0.001,"percent":0.1}]}`)}
	page := render(t, r, m)
	for _, want := range []string{"Where the time goes: valid, width 8, 204", "F(4×4)", "20.00", "Roofline of 1 layers under 200 GFLOPS and 20.0 GB/s", "42.0 MB"} {
		if !strings.Contains(strings.ReplaceAll(page, "\u00a0", " "), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	selfContained(t, page)
	m["profile-bad.json"] = &fstest.MapFile{Data: []byte("{}")}
	if err := HTML(io.Discard, r, m); err == nil || !strings.Contains(err.Error(), "profile-bad.json: no profile") {
		t.Errorf("a file that is no profile: %v", err)
	}
}

// A file that is no image is an error that names it, not a broken page.
func TestHTMLRefusesWhatIsNoImage(t *testing.T) {
	r := full().results(t)
	m := maps(t, r)
	m[r.Pictures[0].File] = &fstest.MapFile{Data: []byte("not a picture")}
	var b bytes.Buffer
	err := HTML(&b, r, m)
	if err == nil || !strings.Contains(err.Error(), r.Pictures[0].File) {
		t.Errorf("error %v does not name %s", err, r.Pictures[0].File)
	}
	if b.Len() > 0 {
		t.Errorf("%d bytes of a page were written all the same", b.Len())
	}
}
