#!/bin/sh
# Gives every reader of data changed files, with the address sanitizer watching: Tests/sanitized.sh [ROUNDS], 100,000 each by default.
# Builds what reads data and its tests as a package of their own, in .build/sanitized. No reader may take more memory than 16 MB and 128
# times its file: with files of some KB one allocation above 80 MB (the tests themselves have one of 65) is an error.
set -eu
cd "$(dirname "$0")/.."
folder=${SANITIZED:-.build/sanitized}
mkdir -p "$folder"
root=$(pwd)
for link in Sources Tests; do
  mkdir -p "$folder/$link"
  rm -f "$folder/$link"/*
done
for module in NNSource NNData CKernels CZlib CPng; do ln -s "$root/Sources/$module" "$folder/Sources/$module"; done
ln -s "$root/Tests/NNDataTests" "$folder/Tests/NNDataTests"
ln -sfn "$root/templates" "$folder/templates"
cat >"$folder/Package.swift" <<'PACKAGE'
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "readers",
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
    .systemLibrary(name: "CPng", pkgConfig: "libpng"),
    .target(name: "CKernels"),
    .target(name: "NNSource"),
    .target(name: "NNData", dependencies: ["NNSource", "CKernels", "CZlib", "CPng"]),
    .testTarget(name: "NNDataTests", dependencies: ["NNData", "CZlib", "CPng"]),
  ])
PACKAGE
ASAN_OPTIONS=max_allocation_size_mb=80:allocator_may_return_null=0 FUZZ=${1:-100000} swift test --package-path "$folder" --sanitize=address --disable-xctest
