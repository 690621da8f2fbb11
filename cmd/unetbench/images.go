package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/pflag"

	"unetbench/bench"
	"unetbench/internal/data"
)

// imageFlags say where images and masks come from.
type imageFlags struct {
	images, masks         string
	testImages, testMasks string
}

func (i *imageFlags) register(f *pflag.FlagSet) {
	f.StringVar(&i.images, "images", "", "folder of images: PNG, JPEG or TIFF (default: membrane scenes drawn by the program)")
	f.StringVar(&i.masks, "masks", "", "folder of masks with the same file names: class indices, or 0 and 255")
	f.StringVar(&i.testImages, "test-images", "", "folder of test images (default: the last third of --images)")
	f.StringVar(&i.testMasks, "test-masks", "", "folder of their masks")
}

// load fills o with training and test examples; classes 0 lets the masks decide.
func (i *imageFlags) load(o *bench.Options, classes int) error {
	switch {
	case (i.images == "") != (i.masks == ""):
		return errors.New("--images and --masks go together: name both folders, or neither for the drawn scenes")
	case (i.testImages == "") != (i.testMasks == ""):
		return errors.New("--test-images and --test-masks go together: name both folders or neither")
	case i.testImages != "" && i.images == "":
		return errors.New("--test-images needs --images and --masks to train on")
	case i.images == "":
		if classes > 2 {
			return fmt.Errorf("--classes %d: the drawn scenes have 2; name --images and --masks for more", classes)
		}
		o.DataName = bench.Synthetic
		o.Train, o.Test = data.Scenes(data.DefaultScenes())
		return nil
	}
	o.DataName = filepath.Base(filepath.Dir(filepath.Clean(i.images) + "x"))
	all, info, err := data.Load(i.images, i.masks, data.LoadOptions{Classes: classes})
	if err != nil {
		return err
	}
	o.Net.In, o.Net.Classes = info.Channels, info.Classes
	o.Note("images", info.Warnings...)
	if i.testImages != "" {
		test, testInfo, err := data.Load(i.testImages, i.testMasks, data.LoadOptions{
			Classes: info.Classes, Channels: info.Channels, Prefix: "test-"})
		if err != nil {
			return err
		}
		o.Note("images", testInfo.Warnings...)
		o.Train, o.Test = all, test
		return nil
	}
	return o.Split(all, info.Series)
}
