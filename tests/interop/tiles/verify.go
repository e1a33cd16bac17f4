// Verifies the log that a broker publishes as files with code that nobody of this project wrote:
// golang.org/x/mod/sumdb/{note,tlog}, as Debian packages them. Only where the files are, and how a
// bundle of entries is laid out, is said here, from docs/protocol.md and C2SP tlog-tiles.
//
//	verify FOLDER KEY [EARLIER-CHECKPOINT]
//
// FOLDER is that of one epoch, KEY the log's as a note key. Checks the checkpoint's signature; every
// entry against its tile; an inclusion proof of every entry; a consistency proof from every size
// up to now, or from the earlier checkpoint's, whose signature is checked too. Prints what it has
// verified as JSON; exits 1 with the reason if anything does not hold.
package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8
const width = 1 << height

// Go's own paths name the height and call entries data.
func published(tile tlog.Tile) string {
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

type folder struct {
	path string
	read map[string]bool
}

func (f *folder) Height() int                                { return height }
func (f *folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (f *folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(f.path, published(tile)))
		if err != nil {
			return nil, err
		}
		f.read[published(tile)] = true
		all = append(all, data)
	}
	return all, nil
}

func checkpoint(path string, key note.Verifier) (tlog.Tree, error) {
	var tree tlog.Tree
	message, err := os.ReadFile(path)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(message, note.VerifierList(key))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != key.Name() {
		return tree, errors.New("not the three lines of a checkpoint of this log")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func entries(data []byte) ([][]byte, error) {
	var all [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, errors.New("an entry is cut short")
		}
		size := int(binary.BigEndian.Uint16(data))
		all = append(all, data[2:2+size])
		data = data[2+size:]
	}
	return all, nil
}

func checkEntries(files *folder, tree tlog.Tree, hashes tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += width {
		count := tree.N - first
		if count > width {
			count = width
		}
		bundle := tlog.Tile{H: height, L: -1, N: first / width, W: int(count)}
		data, err := files.ReadTiles([]tlog.Tile{bundle})
		if err != nil {
			return err
		}
		all, err := entries(data[0])
		if err != nil || int64(len(all)) != count {
			return fmt.Errorf("%s: %d entries and not %d: %v", published(bundle), len(all), count, err)
		}
		for i, entry := range all {
			index := first + int64(i)
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			if err != nil {
				return fmt.Errorf("entry %d: %v", index, err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
				return fmt.Errorf("entry %d: %v", index, err)
			}
		}
	}
	return nil
}

func checkConsistency(tree, before tlog.Tree, hashes tlog.HashReader) error {
	proof, err := tlog.ProveTree(tree.N, before.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash)
}

func verify(path, vkey string, earlier []string) (map[string]interface{}, error) {
	key, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	tree, err := checkpoint(filepath.Join(path, "checkpoint"), key)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %v", err)
	}
	files := &folder{path, map[string]bool{}}
	hashes := tlog.TileHashReader(tree, files)
	if err := checkEntries(files, tree, hashes); err != nil {
		return nil, err
	}
	var sizes []int64
	for size := int64(1); size <= tree.N; size++ {
		root, err := tlog.TreeHash(size, hashes)
		if err != nil {
			return nil, err
		}
		if err := checkConsistency(tree, tlog.Tree{N: size, Hash: root}, hashes); err != nil {
			return nil, fmt.Errorf("from %d: %v", size, err)
		}
	}
	for _, file := range earlier {
		before, err := checkpoint(file, key)
		if err != nil {
			return nil, fmt.Errorf("%s: %v", file, err)
		}
		if err := checkConsistency(tree, before, hashes); err != nil {
			return nil, fmt.Errorf("%s: %v", file, err)
		}
		sizes = append(sizes, before.N)
	}
	return map[string]interface{}{"origin": key.Name(), "size": tree.N, "files": len(files.read), "earlier": sizes}, nil
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: verify FOLDER KEY [EARLIER-CHECKPOINT]")
		os.Exit(64)
	}
	found, err := verify(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(found)
}
